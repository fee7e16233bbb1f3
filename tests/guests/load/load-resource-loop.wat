;; Makes resources of its own without end, when it starts.
(type $r (resource (rep i32)))
(core func $new (canon resource.new $r))
(core module $m
  (import "" "new" (func $new (param i32) (result i32)))
  (func $flood (loop $again (drop (call $new (i32.const 0))) (br $again)))
  (start $flood))
(core instance (instantiate $m (with "" (instance (export "new" (func $new))))))
