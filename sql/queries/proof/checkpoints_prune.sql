-- Keeps one checkpoint an hour of those older than a time: receipts carry their own.
-- kind: exec
-- param: before_us i64
DELETE FROM log_checkpoints
WHERE created_at_us < $before_us
  AND EXISTS (
    SELECT 1 FROM log_checkpoints AS later
    WHERE later.epoch = log_checkpoints.epoch AND later.size > log_checkpoints.size
      AND later.created_at_us / 3600000000 = log_checkpoints.created_at_us / 3600000000)
