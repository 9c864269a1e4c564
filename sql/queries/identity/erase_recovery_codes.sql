-- Erasing a person: the codes' hashes go.
-- kind: exec
-- param: person_id i64
DELETE FROM recovery_codes WHERE person_id = $person_id
