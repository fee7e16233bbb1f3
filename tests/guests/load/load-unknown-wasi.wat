;; An import of a WASI that lastmile does not know.
(import "wasi:threads/spawn@0.3.0" (instance))
