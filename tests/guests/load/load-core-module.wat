;; A core module.
(module (func (export "lastmile:connector/connector@0.1.0#deploy")))
