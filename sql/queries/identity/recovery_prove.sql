-- One proof more; with ready_at_us the waiting time begins.
-- kind: exec
-- param: recovery_id i64
-- param: proof i64
-- param: state i64
-- param: ready_at_us i64
-- param: expires_at_us i64
UPDATE recoveries
SET proofs = proofs | $proof, state = $state, ready_at_us = $ready_at_us,
    expires_at_us = $expires_at_us
WHERE recovery_id = $recovery_id AND state = 1 AND ended_at_us = 0
