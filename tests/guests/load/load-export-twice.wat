;; The connector exported twice.
(component $c)
(instance $again (instantiate $c))
(export "lastmile:connector/connector@0.1.0" (instance $again))
