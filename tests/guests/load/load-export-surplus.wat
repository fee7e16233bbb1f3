;; A connector with a function that the contract does not have.
(component
  (core module $m (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $c
    (export "name" (func $f))
    (export "capabilities" (func $f))
    (export "deploy" (func $f))
    (export "observe" (func $f))
    (export "backdoor" (func $f))
  )
  (export "lastmile:connector/connector@0.1.0" (instance $c)))
