;; A built-in of asynchronous components.
(core func (canon backpressure.inc))
