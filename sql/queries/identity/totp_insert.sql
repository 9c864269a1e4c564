-- A secret that was shown and does not count yet.
-- kind: exec
-- param: totp_id i64
-- param: person_id i64
-- param: name_sealed blob
-- param: secret_sealed blob
-- param: created_at_us i64
INSERT INTO totps (totp_id, person_id, state, name_sealed, secret_sealed, used_step, created_at_us,
                   last_used_at_us)
VALUES ($totp_id, $person_id, 1, $name_sealed, $secret_sealed, 0, $created_at_us, 0)
