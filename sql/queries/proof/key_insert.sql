-- A key, once for its number: of two processes that start at the same time one is late.
-- kind: exec
-- param: key_number i64
-- param: verifier_key text
-- param: rotation text?
-- param: valid_from_us i64
INSERT INTO log_keys (key_number, verifier_key, rotation, valid_from_us, valid_until_us)
VALUES ($key_number, $verifier_key, $rotation, $valid_from_us, NULL)
ON CONFLICT (key_number) DO NOTHING
