;; A refusal whose text is no UTF-8.
(data (i32.const 640) "\01\00\00\00\02\00\00\00\90\02\00\00\02\00\00\00\ff\fe")
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (i32.const 640))
