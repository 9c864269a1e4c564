-- Holds by id, whatever their state.
-- kind: batch
-- param: hold_id i64
-- column: hold_id i64
-- column: expires_at_us i64
-- column: state i64
-- column: captured_minor i64
-- column: resolved_by i64?

SELECT hold_id, expires_at_us, state, captured_minor, resolved_by
FROM holds
WHERE hold_id = $hold_id
