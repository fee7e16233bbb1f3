;; One function of 150 000 operations.
(core module
  (func
@repeat(150000){(drop (i32.const 1))}
))
