-- A new API key; its secret is only here as a hash.
-- kind: exec
-- param: api_key_id i64
-- param: name text
-- param: scopes i64
-- param: secret_hash hash
-- param: rate_per_second i64
-- param: created_at_us i64
INSERT INTO api_keys (api_key_id, name, scopes, secret_hash, rate_per_second, created_at_us,
                      last_used_at_us, revoked_at_us)
VALUES ($api_key_id, $name, $scopes, $secret_hash, $rate_per_second, $created_at_us, 0, 0)
