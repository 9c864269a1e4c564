-- Whose id number it is.
-- kind: one
-- param: id_kind i64
-- param: id_number_index hash
-- column: person_id i64
SELECT person_id FROM identities WHERE id_kind = $id_kind AND id_number_index = $id_number_index
