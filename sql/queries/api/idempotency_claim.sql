-- Takes a key for this request; no row comes back if it is taken. A racing claim waits for ours.
-- kind: one
-- param: owner i64
-- param: key text
-- param: method text
-- param: path_hash hash
-- param: body_hash hash
-- param: created_at_us i64
-- column: owner i64
INSERT INTO idempotency_keys (owner, key, method, path_hash, body_hash, status, encoding, answer,
                              created_at_us)
VALUES ($owner, $key, $method, $path_hash, $body_hash, 0, 0, x'', $created_at_us)
ON CONFLICT DO NOTHING
RETURNING owner
