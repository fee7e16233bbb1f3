;; A thousand core instances.
(core module $m)
@repeat(1000){(core instance (instantiate $m))}
