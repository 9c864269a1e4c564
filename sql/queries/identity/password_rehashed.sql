-- The same password, hashed with today's numbers.
-- kind: exec
-- param: person_id i64
-- param: old_hash text
-- param: hash text
UPDATE passwords SET hash = $hash WHERE person_id = $person_id AND hash = $old_hash
