;; Three hundred exports.
@repeat(300){(type $e% (list u8)) (export "e%" (type $e%))}
