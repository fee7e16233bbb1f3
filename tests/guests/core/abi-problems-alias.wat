;; A thousand problems that are all the same megabyte.
(memory (export "memory") 40)
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) (local $i i32)
  (loop $again
    (i32.store offset=65536 (i32.mul (local.get $i) (i32.const 16)) (i32.const 1048576))
    (i32.store offset=65540 (i32.mul (local.get $i) (i32.const 16)) (i32.const 1048576))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))
  (i32.store (i32.const 640) (i32.const 1))
  (i32.store (i32.const 644) (i32.const 1))
  (i32.store (i32.const 648) (i32.const 65536))
  (i32.store (i32.const 652) (i32.const 1000))
  (i32.const 640))
