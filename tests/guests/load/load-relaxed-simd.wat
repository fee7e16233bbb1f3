;; Relaxed vector instructions.
(core module
  (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))
