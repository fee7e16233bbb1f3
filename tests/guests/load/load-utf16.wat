;; Strings as UTF-16.
(core module $l (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 0)))
(core instance $li (instantiate $l))
(func (result string) (canon lift (core func $li "f") (memory (core memory $li "memory")) string-encoding=utf16))
