;; A function that the granted interface does not have.
(import "lastmile:connector/process@0.1.0" (instance (export "shell" (func (param "line" string)))))
