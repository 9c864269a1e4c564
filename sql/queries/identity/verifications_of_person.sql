-- A person's questions, newest first.
-- kind: many
-- param: person_id i64
-- column: verification_id i64
-- column: check_kind i64
-- column: subject_id i64
-- column: state i64
-- column: fault i64
-- column: created_at_us i64
-- column: decided_at_us i64
SELECT verification_id, check_kind, subject_id, state, fault, created_at_us, decided_at_us
FROM verifications
WHERE person_id = $person_id
ORDER BY verification_id DESC
LIMIT 50
