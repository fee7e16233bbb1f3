;; An exception.
(core module
  (tag $t) (func (throw $t)))
