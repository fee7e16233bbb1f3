;; A granted function with other parameters.
(import "lastmile:connector/process@0.1.0" (instance (export "exec" (func (param "line" string)))))
