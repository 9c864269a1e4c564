-- Keeps the answer with its key, in the transaction that did the work.
-- kind: exec
-- param: owner i64
-- param: key text
-- param: status i64
-- param: encoding i64
-- param: answer blob
UPDATE idempotency_keys SET status = $status, encoding = $encoding, answer = $answer
WHERE key = $key AND owner = $owner
