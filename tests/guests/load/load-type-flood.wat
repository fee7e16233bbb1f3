;; Two thousand types.
@repeat(2000){(type (list u8))}
