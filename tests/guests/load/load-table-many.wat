;; A hundred tables in one module.
(core module $m @repeat(100){(table 1 funcref)})
(core instance (instantiate $m))
