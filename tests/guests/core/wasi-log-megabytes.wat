;; A log line of three megabytes.
(import "wasi:cli/stdout@0.2.6" "get-stdout" (func $stdout (result i32)))
(import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
  (func $print (param i32 i32 i32 i32)))
(memory (export "memory") 64)
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (call $print (call $stdout) (i32.const 65536) (i32.const 3145728) (i32.const 512))
  (i32.const 256))
