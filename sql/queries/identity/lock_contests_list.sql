-- Objections to locks with ids in a range, the next due first; open_only = 1: not answered yet.
-- kind: many
-- param: first_id i64
-- param: last_id i64
-- param: open_only i64
-- param: row_max i64
-- column: lock_id i64
-- column: person_id i64
-- column: text_sealed blob
-- column: contested_at_us i64
-- column: due_at_us i64
-- column: answered_at_us i64
-- column: answered_by i64
-- column: answer_sealed blob?

SELECT lock_id, person_id, text_sealed, contested_at_us, due_at_us, answered_at_us, answered_by,
       answer_sealed
FROM lock_contests
WHERE lock_id BETWEEN $first_id AND $last_id AND ($open_only = 0 OR answered_at_us = 0)
ORDER BY due_at_us, lock_id
LIMIT $row_max
