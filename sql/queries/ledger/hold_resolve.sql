-- Resolves a hold, once: the row changes only while it is open.
-- kind: batch
-- param: hold_id i64
-- param: state i64
-- param: resolved_by i64
-- param: captured_minor i64

UPDATE holds
SET state = $state, resolved_by = $resolved_by, captured_minor = $captured_minor
WHERE hold_id = $hold_id AND resolved_by IS NULL
