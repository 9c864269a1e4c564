-- Erasing a person: tries to recover the account go.
-- kind: exec
-- param: person_id i64
DELETE FROM recoveries WHERE person_id = $person_id
