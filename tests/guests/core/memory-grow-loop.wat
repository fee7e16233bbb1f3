;; Grows its memory and ignores every refusal.
(func (export "lastmile:connector/connector@0.1.0#deploy") (param i32) (result i32) 
  (loop $again
    (drop (memory.grow (i32.const 16)))
    (br $again))
  (i32.const 256))
