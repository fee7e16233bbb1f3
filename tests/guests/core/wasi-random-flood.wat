;; Random bytes without end.
(import "wasi:random/random@0.2.6" "get-random-bytes" (func $random (param i64 i32)))
(memory (export "memory") 4)
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (i32.const 65536))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (loop $again
    (call $random (i64.const 4096) (i32.const 512))
    (br $again))
  (i32.const 256))
