-- Ends a key; the first time counts.
-- kind: exec
-- param: api_key_id i64
-- param: revoked_at_us i64
UPDATE api_keys SET revoked_at_us = $revoked_at_us
WHERE api_key_id = $api_key_id AND revoked_at_us = 0
