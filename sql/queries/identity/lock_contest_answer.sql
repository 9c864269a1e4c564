-- Staff answers an objection; the first answer counts.
-- kind: exec
-- param: lock_id i64
-- param: answered_at_us i64
-- param: answered_by i64
-- param: answer_sealed blob

UPDATE lock_contests
SET answered_at_us = $answered_at_us, answered_by = $answered_by, answer_sealed = $answer_sealed
WHERE lock_id = $lock_id AND answered_at_us = 0
