-- Who a person is.
-- kind: one
-- param: person_id i64
-- column: id_kind i64
-- column: name_sealed blob
-- column: id_number_sealed blob
-- column: verification_id i64
-- column: confirmed_at_us i64
SELECT id_kind, name_sealed, id_number_sealed, verification_id, confirmed_at_us FROM identities
WHERE person_id = $person_id
