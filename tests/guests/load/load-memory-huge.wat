;; A memory of four gigabytes.
(core module $m (memory 65536))
(core instance (instantiate $m))
