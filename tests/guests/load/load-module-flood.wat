;; Hundreds of modules.
@repeat(300){(core module)}
