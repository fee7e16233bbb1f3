;; A start function of the component.
(core module $s (func (export "f")))
(core instance $si (instantiate $s))
(func $start (canon lift (core func $si "f")))
(start $start)
