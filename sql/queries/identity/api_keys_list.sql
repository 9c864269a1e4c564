-- Every API key, newest first: at most 1000 exist.
-- kind: many
-- column: api_key_id i64
-- column: name text
-- column: scopes i64
-- column: secret_hash hash
-- column: rate_per_second i64
-- column: created_at_us i64
-- column: last_used_at_us i64
-- column: revoked_at_us i64
SELECT api_key_id, name, scopes, secret_hash, rate_per_second, created_at_us, last_used_at_us,
       revoked_at_us
FROM api_keys
ORDER BY api_key_id DESC
