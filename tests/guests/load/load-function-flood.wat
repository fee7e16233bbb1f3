;; Sixty thousand functions.
(core module
@repeat(60000){(func)}
)
