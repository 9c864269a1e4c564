-- The waiting time is over and a new password is set: once.
-- kind: exec
-- param: recovery_id i64
-- param: now_us i64
UPDATE recoveries SET state = 3, ended_at_us = $now_us
WHERE recovery_id = $recovery_id AND state = 2 AND ended_at_us = 0 AND ready_at_us <= $now_us
