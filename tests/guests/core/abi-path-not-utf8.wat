;; A path that is no UTF-8.
(import "lastmile:connector/fs@0.1.0" "write"
  (func $write (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 640) "/\ff\fe")
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $write (i32.const 640) (i32.const 3) (i32.const 0) (i32.const 0)
    (i32.const 420) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 512))
  (i32.const 256))
