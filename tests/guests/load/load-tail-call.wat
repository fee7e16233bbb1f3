;; A tail call.
(core module
  (func $f (return_call $f)))
