-- Erasing a person: who they were goes.
-- kind: exec
-- param: person_id i64
DELETE FROM identities WHERE person_id = $person_id
