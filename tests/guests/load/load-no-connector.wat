;; A component that is no connector.
(component (import "lastmile:connector/fs@0.1.0" (instance)))
