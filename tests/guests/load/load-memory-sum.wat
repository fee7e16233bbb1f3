;; Memories that are small one by one and too large together.
(core module $m (memory 500))
(core instance (instantiate $m))
(core instance (instantiate $m))
(core instance (instantiate $m))
