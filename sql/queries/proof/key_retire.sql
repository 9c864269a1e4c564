-- The key before the newest stops signing.
-- kind: exec
-- param: key_number i64
-- param: valid_until_us i64
UPDATE log_keys SET valid_until_us = $valid_until_us
WHERE key_number = $key_number AND valid_until_us IS NULL
