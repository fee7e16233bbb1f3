;; A way back without its function.
(instance $rc)
(export "lastmile:connector/rollback@0.1.0" (instance $rc))
