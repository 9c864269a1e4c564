-- Erasing a person: the password's hash goes.
-- kind: exec
-- param: person_id i64
DELETE FROM passwords WHERE person_id = $person_id
