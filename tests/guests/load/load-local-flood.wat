;; More locals than any function may have.
(core module
  (func
(local @repeat(60000){ i64})))
