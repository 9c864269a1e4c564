-- One question with what was asked.
-- kind: one
-- param: verification_id i64
-- column: person_id i64
-- column: check_kind i64
-- column: subject_id i64
-- column: state i64
-- column: fault i64
-- column: id_kind i64
-- column: name_sealed blob?
-- column: id_number_sealed blob?
-- column: id_number_index hash?
-- column: attempts i64
-- column: created_at_us i64
SELECT person_id, check_kind, subject_id, state, fault, id_kind, name_sealed, id_number_sealed,
       id_number_index, attempts, created_at_us
FROM verifications
WHERE verification_id = $verification_id
