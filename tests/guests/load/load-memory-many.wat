;; A hundred memories in one module.
(core module $m @repeat(100){(memory 1)})
(core instance (instantiate $m))
