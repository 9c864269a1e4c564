-- Erasing a person: bank cards go.
-- kind: exec
-- param: person_id i64
DELETE FROM cards WHERE person_id = $person_id
