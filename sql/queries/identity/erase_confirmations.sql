-- Erasing a person: what was confirmed goes, with the payees' names.
-- kind: exec
-- param: person_id i64
DELETE FROM confirmations WHERE person_id = $person_id
