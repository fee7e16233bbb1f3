;; Imports WASI into a plugin without `wasi = "inert"`.
(import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $exit (i32.const 0))
  (i32.const 256))
