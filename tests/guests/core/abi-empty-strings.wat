;; Seven and a half million empty arguments.
(import "lastmile:connector/process@0.1.0" "exec"
  (func $exec (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(memory (export "memory") 1000)
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $exec (i32.const 65536) (i32.const 7500000) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
  (i32.const 256))
