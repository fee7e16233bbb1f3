;; A hundred memories in a hundred instances.
(core module $m (memory 1))
@repeat(100){(core instance (instantiate $m))}
