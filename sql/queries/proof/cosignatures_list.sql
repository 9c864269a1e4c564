-- What witnesses signed under a checkpoint.
-- kind: many
-- param: epoch i64
-- param: size i64
-- column: line text
SELECT line FROM log_cosignatures WHERE epoch = $epoch AND size = $size ORDER BY witness
