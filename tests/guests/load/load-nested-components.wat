;; Twenty thousand components: 17 seconds and 8 gigabytes for a compiler.
@repeat(20000){(component)}
