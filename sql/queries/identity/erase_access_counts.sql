-- Erasing a person: the wallet's own readings go.
-- kind: exec
-- param: person_id i64
DELETE FROM access_counts WHERE person_id = $person_id
