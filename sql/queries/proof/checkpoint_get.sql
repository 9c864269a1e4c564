-- The checkpoint of one size.
-- kind: one
-- param: epoch i64
-- param: size i64
-- column: root hash
-- column: note text
SELECT root, note FROM log_checkpoints WHERE epoch = $epoch AND size = $size
