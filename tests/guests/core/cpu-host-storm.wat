;; Calls the host without end.
(import "lastmile:connector/fs@0.1.0" "write"
  (func $write (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (loop $again
  (call $write (i32.const 320) (i32.const 1) (i32.const 0) (i32.const 0)
    (i32.const 420) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 512))
    (br $again))
  (i32.const 256))
