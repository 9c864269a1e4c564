-- Erasing a person: the reviews go.
-- kind: exec
-- param: person_id i64
DELETE FROM reviews WHERE person_id = $person_id
