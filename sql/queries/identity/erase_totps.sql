-- Erasing a person: shared secrets and their names go.
-- kind: exec
-- param: person_id i64
DELETE FROM totps WHERE person_id = $person_id
