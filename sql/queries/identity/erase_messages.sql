-- Erasing a person: messages go.
-- kind: exec
-- param: person_id i64
DELETE FROM messages WHERE person_id = $person_id
