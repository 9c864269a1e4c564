-- Frees a key that was claimed in this transaction and did nothing.
-- kind: exec
-- param: owner i64
-- param: key text
DELETE FROM idempotency_keys WHERE key = $key AND owner = $owner AND status = 0
