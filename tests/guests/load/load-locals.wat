;; Fifty thousand locals, the most that there may be, and 5 000 nested blocks.
(core module
  (func
(local @repeat(50000){ i64})
@repeat(5000){(block}
@repeat(5000){)}
))
