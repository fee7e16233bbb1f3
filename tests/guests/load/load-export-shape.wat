;; A connector whose functions have other types.
(component
  (core module $m (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $c
    (export "name" (func $f))
    (export "capabilities" (func $f))
    (export "deploy" (func $f))
    (export "observe" (func $f))
  )
  (export "lastmile:connector/connector@0.1.0" (instance $c)))
