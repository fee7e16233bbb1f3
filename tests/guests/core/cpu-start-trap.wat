;; A start function that crashes, with a name that writes on the terminal.
(func $crash (@name "\1b[2Jgone") unreachable)
(start $crash)
