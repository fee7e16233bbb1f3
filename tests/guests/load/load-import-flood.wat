;; Fifty thousand imports.
@repeat(50000){(import "a%:b/c@0.1.0" (instance))}
