;; A thousand lifted functions.
(core module $m (func (export "f")))
(core instance $i (instantiate $m))
@repeat(1000){(func (canon lift (core func $i "f")))}
