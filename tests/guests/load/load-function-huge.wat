;; One function of 400 000 operations.
(core module
  (func
@repeat(400000){(drop (i32.const 1))}
))
