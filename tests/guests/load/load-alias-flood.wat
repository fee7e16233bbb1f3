;; Twenty thousand aliases.
(core module $m (func (export "f")))
(core instance $i (instantiate $m))
@repeat(20000){(core func (alias core export $i "f"))}
