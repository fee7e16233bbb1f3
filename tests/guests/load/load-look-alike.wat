;; An import from a namespace that looks like ours.
(import "lastmi1e:connector/fs@0.1.0" (instance))
