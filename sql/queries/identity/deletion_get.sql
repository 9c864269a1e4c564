-- Whether, and how far, an account is ending.
-- kind: one
-- param: person_id i64
-- column: state_before i64
-- column: requested_at_us i64
-- column: due_at_us i64
-- column: closed_at_us i64
-- column: keep_until_us i64
-- column: erased_at_us i64
SELECT state_before, requested_at_us, due_at_us, closed_at_us, keep_until_us, erased_at_us
FROM deletions
WHERE person_id = $person_id
