-- Ends a lock; the first time counts.
-- kind: exec
-- param: lock_id i64
-- param: lifted_at_us i64
-- param: lifted_by i64
-- param: lifted_by_staff i64

UPDATE locks
SET lifted_at_us = $lifted_at_us, lifted_by = $lifted_by, lifted_by_staff = $lifted_by_staff
WHERE lock_id = $lock_id AND lifted_at_us = 0
  AND (until_us = 0 OR until_us > $lifted_at_us)
