-- One review.
-- kind: one
-- param: review_id i64
-- column: person_id i64
-- column: verification_id i64
-- column: state i64
-- column: why i64
-- column: opened_at_us i64
-- column: due_at_us i64
-- column: decided_at_us i64
-- column: decided_by i64
-- column: in_person i64
-- column: reason_sealed blob?
SELECT person_id, verification_id, state, why, opened_at_us, due_at_us, decided_at_us, decided_by,
       in_person, reason_sealed
FROM reviews
WHERE review_id = $review_id
