;; A start function that never ends.
(func $spin (loop $again (br $again)))
(start $spin)
