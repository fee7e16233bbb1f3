;; An import whose name writes on the terminal.
(import "\1b[2Jgone" (instance))
