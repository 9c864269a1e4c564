-- A person shall look at it.
-- kind: exec
-- param: review_id i64
-- param: person_id i64
-- param: verification_id i64
-- param: why i64
-- param: opened_at_us i64
-- param: due_at_us i64
INSERT INTO reviews (review_id, person_id, verification_id, state, why, opened_at_us, due_at_us,
                     decided_at_us, decided_by, in_person, reason_sealed)
VALUES ($review_id, $person_id, $verification_id, 1, $why, $opened_at_us, $due_at_us, 0, 0, 0, NULL)
