-- Erasing a person: the limits they set themselves go.
-- kind: exec
-- param: person_id i64
DELETE FROM own_limits WHERE person_id = $person_id
