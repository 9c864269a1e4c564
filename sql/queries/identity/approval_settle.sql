-- Decides or withdraws an open proposal; the first to do so counts.
-- kind: exec
-- param: approval_id i64
-- param: state i64
-- param: decider i64
-- param: verdict_sealed blob?
-- param: now_us i64

UPDATE approvals
SET state = $state, decider = $decider, verdict_sealed = $verdict_sealed, decided_at_us = $now_us
WHERE approval_id = $approval_id AND state = 1 AND expires_at_us > $now_us
