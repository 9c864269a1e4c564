-- The review of a question; there is at most one.
-- kind: one
-- param: verification_id i64
-- column: review_id i64
-- column: state i64
-- column: due_at_us i64
SELECT review_id, state, due_at_us FROM reviews WHERE verification_id = $verification_id
