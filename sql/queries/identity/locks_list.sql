-- The newest locks of a person with ids in a range; only_holding = 1: those that hold now.
-- kind: many
-- param: person_id i64
-- param: first_id i64
-- param: last_id i64
-- param: only_holding i64
-- param: now_us i64
-- param: row_max i64
-- column: lock_id i64
-- column: person_id i64
-- column: reason i64
-- column: why text
-- column: effects i64
-- column: put_by i64
-- column: put_by_staff i64
-- column: since_us i64
-- column: until_us i64
-- column: review_at_us i64
-- column: told_sealed blob?
-- column: note_sealed blob?
-- column: lifted_at_us i64
-- column: lifted_by i64
-- column: lifted_by_staff i64
-- column: contested_at_us i64

SELECT lock_id, person_id, reason, why, effects, put_by, put_by_staff, since_us, until_us,
       review_at_us, told_sealed, note_sealed, lifted_at_us, lifted_by, lifted_by_staff,
       contested_at_us
FROM locks
WHERE person_id = $person_id AND lock_id BETWEEN $first_id AND $last_id
  AND ($only_holding = 0 OR (lifted_at_us = 0 AND (until_us = 0 OR until_us > $now_us)))
ORDER BY lock_id DESC
LIMIT $row_max
