-- What was asked under a key, and the answer.
-- kind: one
-- param: owner i64
-- param: key text
-- column: method text
-- column: path_hash hash
-- column: body_hash hash
-- column: status i64
-- column: encoding i64
-- column: answer blob
SELECT method, path_hash, body_hash, status, encoding, answer
FROM idempotency_keys
WHERE key = $key AND owner = $owner
