;; A memory of one-byte pages.
(core module
  (memory 1 (pagesize 1)))
