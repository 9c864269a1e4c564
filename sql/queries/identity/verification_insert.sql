-- A question that is to be put to a provider.
-- kind: exec
-- param: verification_id i64
-- param: person_id i64
-- param: check_kind i64
-- param: subject_id i64
-- param: id_kind i64
-- param: name_sealed blob?
-- param: id_number_sealed blob?
-- param: id_number_index hash?
-- param: next_ask_at_us i64
-- param: created_at_us i64
INSERT INTO verifications (verification_id, person_id, check_kind, subject_id, state, fault, id_kind,
                           name_sealed, id_number_sealed, id_number_index, reference, attempts,
                           next_ask_at_us, created_at_us, decided_at_us)
VALUES ($verification_id, $person_id, $check_kind, $subject_id, 1, 0, $id_kind, $name_sealed,
        $id_number_sealed, $id_number_index, '', 0, $next_ask_at_us, $created_at_us, 0)
