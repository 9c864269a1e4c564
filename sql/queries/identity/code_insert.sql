-- A one-time code that was sent.
-- kind: exec
-- param: code_id i64
-- param: person_id i64
-- param: purpose i64
-- param: subject_id i64
-- param: code_hash hash
-- param: now_us i64
-- param: expires_at_us i64
INSERT INTO one_time_codes (code_id, person_id, purpose, subject_id, code_hash, tries,
                            created_at_us, expires_at_us, used_at_us)
VALUES ($code_id, $person_id, $purpose, $subject_id, $code_hash, 0, $now_us, $expires_at_us, 0)
