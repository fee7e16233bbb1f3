;; More core instances than the pool has for one component.
(core module $m)
@repeat(200){(core instance (instantiate $m))}
