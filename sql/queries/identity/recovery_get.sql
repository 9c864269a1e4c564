-- A recovery that goes on.
-- kind: one
-- param: recovery_id i64
-- param: now_us i64
-- column: person_id i64
-- column: secret_hash hash
-- column: state i64
-- column: proofs i64
-- column: ready_at_us i64
-- column: expires_at_us i64
SELECT person_id, secret_hash, state, proofs, ready_at_us, expires_at_us
FROM recoveries
WHERE recovery_id = $recovery_id AND ended_at_us = 0 AND expires_at_us > $now_us
