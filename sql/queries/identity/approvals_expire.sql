-- Writes down that an open proposal about a thing ended by itself.
-- kind: exec
-- param: kind text
-- param: subject_id i64
-- param: now_us i64

UPDATE approvals SET state = 5, decided_at_us = expires_at_us
WHERE kind = $kind AND subject_id = $subject_id AND state = 1 AND expires_at_us <= $now_us
