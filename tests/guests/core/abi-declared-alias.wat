;; Sixteen thousand capabilities that are all the same megabyte.
(memory (export "memory") 40)
(func (export "lastmile:connector/connector@0.1.0#capabilities") (param i32 i32) (result i32) (local $i i32)
  (loop $again
    (i32.store offset=65540 (i32.mul (local.get $i) (i32.const 12)) (i32.const 1048576))
    (i32.store offset=65544 (i32.mul (local.get $i) (i32.const 12)) (i32.const 1048576))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16000))))
  (i32.store (i32.const 1028) (i32.const 65536))
  (i32.store (i32.const 1032) (i32.const 16000))
  (i32.const 1024))
