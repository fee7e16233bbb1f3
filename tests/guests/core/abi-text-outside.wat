;; A refusal whose text lies outside memory.
(data (i32.const 640) "\01\00\00\00\02\00\00\00\00\ff\ff\7f\10\00\00\00")
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (i32.const 640))
