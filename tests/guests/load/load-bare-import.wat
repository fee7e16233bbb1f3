;; An import by a plain name.
(import "fs" (instance))
