-- Erasing a person: passkeys go, with their names.
-- kind: exec
-- param: person_id i64
DELETE FROM passkeys WHERE person_id = $person_id
