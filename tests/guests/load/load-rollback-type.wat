;; A type under the name of the way back.
(type $t (list u8))
(export "lastmile:connector/rollback@0.1.0" (type $t))
