;; Sixteen thousand parts that are all the same megabyte: sixteen gigabytes for the host to copy.
(import "lastmile:connector/fs@0.1.0" "write"
  (func $write (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(memory (export "memory") 40)
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) (local $i i32)
  (loop $again
    (i32.store offset=65544 (i32.mul (local.get $i) (i32.const 32)) (i32.const 1048576))
    (i32.store offset=65548 (i32.mul (local.get $i) (i32.const 32)) (i32.const 1048576))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16000))))
  (call $write (i32.const 320) (i32.const 1) (i32.const 65536) (i32.const 16000)
    (i32.const 420) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 512))
  (i32.const 256))
