-- Erasing a person: counts of wrong tries go.
-- kind: exec
-- param: person_id i64
DELETE FROM factor_tries WHERE person_id = $person_id
