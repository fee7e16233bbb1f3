;; A thousand instances of one component.
(component $c)
@repeat(1000){(instance (instantiate $c))}
