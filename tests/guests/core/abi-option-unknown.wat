;; An option that is neither there nor not.
(import "lastmile:connector/fs@0.1.0" "write"
  (func $write (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $write (i32.const 320) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 420)
    (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
  (i32.const 256))
