;; Drops a connection that was never dialled.
(import "lastmile:connector/net@0.1.0" "[resource-drop]connection" (func $drop (param i32)))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $drop (i32.const 1234))
  (i32.const 256))
