-- Of the checkpoints of an epoch before a size, keeps the last one in each 65,536 leaves, and those
-- that a witness signed.
-- kind: exec
-- param: epoch i64
-- param: before_size i64
DELETE FROM log_checkpoints
WHERE epoch = $epoch AND size < $before_size
  AND EXISTS (
    SELECT 1 FROM log_checkpoints AS later
    WHERE later.epoch = log_checkpoints.epoch AND later.size > log_checkpoints.size
      AND later.size / 65536 = log_checkpoints.size / 65536)
  AND NOT EXISTS (
    SELECT 1 FROM log_cosignatures AS signed
    WHERE signed.epoch = log_checkpoints.epoch AND signed.size = log_checkpoints.size)
