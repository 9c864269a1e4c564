-- Erasing a person: devices go, with their names.
-- kind: exec
-- param: person_id i64
DELETE FROM devices WHERE person_id = $person_id
