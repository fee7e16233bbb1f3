;; A connection that was never dialled.
(import "lastmile:connector/net@0.1.0" "[method]connection.request"
  (func $request (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $request (i32.const 1234) (i32.const 320) (i32.const 1) (i32.const 320) (i32.const 1) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
  (i32.const 256))
