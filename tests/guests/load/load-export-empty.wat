;; A connector without functions.
(component
  (component $c)
  (instance $i (instantiate $c))
  (export "lastmile:connector/connector@0.1.0" (instance $i)))
