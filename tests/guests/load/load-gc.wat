;; A garbage-collected object.
(core module
  (type $s (struct (field i32)))
  (func (drop (struct.new_default $s))))
