;; Tables that are small one by one and too large together.
(core module $m (table 15000 funcref))
(core instance (instantiate $m))
(core instance (instantiate $m))
