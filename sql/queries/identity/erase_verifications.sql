-- Erasing a person: the questions to providers go.
-- kind: exec
-- param: person_id i64
DELETE FROM verifications WHERE person_id = $person_id
