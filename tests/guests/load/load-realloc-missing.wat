;; A string to a function that has nowhere to put it.
(core module $l (memory (export "memory") 1) (func (export "f") (param i32 i32)))
(core instance $li (instantiate $l))
(func (param "s" string) (canon lift (core func $li "f") (memory (core memory $li "memory"))))
