-- When a counter that refused may be tried again.
-- kind: one
-- param: kind i64
-- param: subject hash
-- column: count i64
-- column: since_us i64
-- column: paused_until_us i64
SELECT count, since_us, paused_until_us FROM attempts WHERE kind = $kind AND subject = $subject
