-- A person is confirmed, unless the number is somebody's already.
-- kind: exec
-- param: person_id i64
-- param: id_kind i64
-- param: name_sealed blob
-- param: id_number_sealed blob
-- param: id_number_index hash
-- param: verification_id i64
-- param: confirmed_at_us i64
INSERT INTO identities (person_id, id_kind, name_sealed, id_number_sealed, id_number_index,
                        verification_id, confirmed_at_us)
VALUES ($person_id, $id_kind, $name_sealed, $id_number_sealed, $id_number_index, $verification_id,
        $confirmed_at_us)
ON CONFLICT DO NOTHING
