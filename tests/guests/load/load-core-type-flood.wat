;; Thirty thousand types of functions.
(core module
@repeat(30000){(type (func (param i32)))}
)
