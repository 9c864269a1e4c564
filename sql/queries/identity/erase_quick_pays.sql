-- Erasing a person: the limits of quick pay go.
-- kind: exec
-- param: person_id i64
DELETE FROM quick_pays WHERE person_id = $person_id
