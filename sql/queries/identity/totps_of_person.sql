-- Authenticator apps of a person, oldest first: a handful.
-- kind: many
-- param: person_id i64
-- column: totp_id i64
-- column: state i64
-- column: name_sealed blob
-- column: secret_sealed blob
-- column: used_step i64
-- column: created_at_us i64
-- column: last_used_at_us i64
SELECT totp_id, state, name_sealed, secret_sealed, used_step, created_at_us, last_used_at_us
FROM totps
WHERE person_id = $person_id
ORDER BY totp_id
