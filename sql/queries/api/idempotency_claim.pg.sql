-- PostgreSQL writes an empty blob as a plain literal.
INSERT INTO idempotency_keys (owner, key, method, path_hash, body_hash, status, encoding, answer,
                              created_at_us)
VALUES ($owner, $key, $method, $path_hash, $body_hash, 0, 0, '', $created_at_us)
ON CONFLICT DO NOTHING
RETURNING owner
