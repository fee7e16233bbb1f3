;; An export besides the connector.
(component $c)
(instance $i (instantiate $c))
(export "evil:more/power@0.1.0" (instance $i))
