-- Reviews in one state, by what was promised; after a place.
-- kind: many
-- param: state i64
-- param: after_due_us i64
-- param: after_id i64
-- param: count_max i64
-- column: review_id i64
-- column: person_id i64
-- column: verification_id i64
-- column: why i64
-- column: opened_at_us i64
-- column: due_at_us i64
-- column: decided_at_us i64
-- column: decided_by i64
-- column: in_person i64
SELECT review_id, person_id, verification_id, why, opened_at_us, due_at_us, decided_at_us,
       decided_by, in_person
FROM reviews
WHERE state = $state AND (due_at_us > $after_due_us OR (due_at_us = $after_due_us AND review_id > $after_id))
ORDER BY due_at_us, review_id
LIMIT $count_max
