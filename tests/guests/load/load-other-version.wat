;; An import of a version that never was.
(import "lastmile:connector/fs@0.1.1-evil" (instance))
