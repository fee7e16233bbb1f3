;; An asynchronous function.
(core module $l (func (export "f")))
(core instance $li (instantiate $l))
(func async (canon lift (core func $li "f") async))
