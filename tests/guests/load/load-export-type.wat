;; A type under the name of the connector.
(component
  (type $t (list u8))
  (export "lastmile:connector/connector@0.1.0" (type $t)))
