-- A new hold, open.
-- kind: batch
-- param: hold_id i64
-- param: expires_at_us i64
-- param: state i64
-- param: captured_minor i64

INSERT INTO holds (
    hold_id, expires_at_us, state, captured_minor)
VALUES (
    $hold_id, $expires_at_us, $state, $captured_minor)
ON CONFLICT DO NOTHING
