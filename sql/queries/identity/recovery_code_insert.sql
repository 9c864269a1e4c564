-- A recovery code, as a keyed hash.
-- kind: batch
-- param: person_id i64
-- param: code_hash hash
-- param: created_at_us i64
-- param: used_at_us i64
INSERT INTO recovery_codes (person_id, code_hash, created_at_us, used_at_us)
VALUES ($person_id, $code_hash, $created_at_us, $used_at_us)
