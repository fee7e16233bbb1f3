;; Components within components within components.
(component
(component
(component
(component
(component
(component
(component
)))))))
