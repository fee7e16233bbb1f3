;; A typed function reference.
(core module
  (type $f (func))
  (func (param (ref null $f))))
