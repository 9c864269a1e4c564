-- The person contests a lock; the first time counts.
-- kind: exec
-- param: lock_id i64
-- param: contested_at_us i64

UPDATE locks SET contested_at_us = $contested_at_us
WHERE lock_id = $lock_id AND contested_at_us = 0
