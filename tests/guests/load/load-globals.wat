;; A hundred thousand globals: more state than an instance may have.
(core module $m @repeat(100000){(global (mut i64) (i64.const 0))})
(core instance (instantiate $m))
