-- Every key of the log, oldest first.
-- kind: many
-- column: key_number i64
-- column: verifier_key text
-- column: rotation text?
-- column: valid_from_us i64
-- column: valid_until_us i64?
SELECT key_number, verifier_key, rotation, valid_from_us, valid_until_us
FROM log_keys
ORDER BY key_number
