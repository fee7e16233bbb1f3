;; A memory with 64-bit addresses.
(core module
  (memory i64 1))
