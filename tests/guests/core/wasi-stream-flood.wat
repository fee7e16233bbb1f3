;; Opens the standard output without end.
(import "wasi:cli/stdout@0.2.6" "get-stdout" (func $stdout (result i32)))
(import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
  (func $print (param i32 i32 i32 i32)))
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (loop $again
    (drop (call $stdout))
    (br $again))
  (i32.const 256))
