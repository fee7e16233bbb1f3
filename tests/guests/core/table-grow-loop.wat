;; Grows a table and ignores every refusal.
(table $t 0 funcref)
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (loop $again
    (drop (table.grow $t (ref.null func) (i32.const 1000)))
    (br $again))
  (i32.const 256))
