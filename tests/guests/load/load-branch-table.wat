;; A branch table of 60 000 entries in 2 000 blocks.
(core module
  (func (param i32)
@repeat(2000){(block}
(br_table @repeat(60000){ 1} (local.get 0))
@repeat(2000){)}
))
