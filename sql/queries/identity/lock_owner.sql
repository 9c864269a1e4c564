-- Whose lock it is.
-- kind: one
-- param: lock_id i64
-- column: person_id i64

SELECT person_id FROM locks WHERE lock_id = $lock_id
