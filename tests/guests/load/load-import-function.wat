;; A function under the name of a granted interface.
(import "lastmile:connector/process@0.1.0" (func (param "line" string)))
