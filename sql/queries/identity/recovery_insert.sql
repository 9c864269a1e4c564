-- Somebody asks to get back into an account.
-- kind: exec
-- param: recovery_id i64
-- param: person_id i64
-- param: secret_hash hash
-- param: now_us i64
-- param: expires_at_us i64
INSERT INTO recoveries (recovery_id, person_id, secret_hash, state, proofs, created_at_us,
                        ready_at_us, expires_at_us, ended_at_us)
VALUES ($recovery_id, $person_id, $secret_hash, 1, 0, $now_us, 0, $expires_at_us, 0)
