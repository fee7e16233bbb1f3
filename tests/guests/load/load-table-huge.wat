;; A table of ten million elements.
(core module $m (table 10000000 funcref))
(core instance (instantiate $m))
