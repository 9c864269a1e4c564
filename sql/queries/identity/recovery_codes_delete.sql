-- The codes of before count no more.
-- kind: exec
-- param: person_id i64
DELETE FROM recovery_codes WHERE person_id = $person_id
