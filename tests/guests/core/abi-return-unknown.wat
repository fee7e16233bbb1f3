;; A result that is neither success nor failure.
(data (i32.const 640) "\4d")
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (i32.const 640))
