-- Erasing a person: sessions go, with their places.
-- kind: exec
-- param: person_id i64
DELETE FROM sessions WHERE person_id = $person_id
