-- Accounts whose next step is due.
-- kind: many
-- param: now_us i64
-- param: count_max i64
-- column: person_id i64
-- column: closed_at_us i64
SELECT person_id, closed_at_us
FROM deletions
WHERE erased_at_us = 0 AND due_at_us <= $now_us
ORDER BY due_at_us, person_id
LIMIT $count_max
