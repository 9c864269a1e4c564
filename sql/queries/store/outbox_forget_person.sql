-- A person is erased: nothing more is told, and nothing is kept.
-- kind: exec
-- param: person_id i64
DELETE FROM outbox WHERE person_id = $person_id
