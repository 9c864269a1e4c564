-- The language of messages.
-- kind: exec
-- param: person_id i64
-- param: language i64
UPDATE people SET language = $language WHERE person_id = $person_id
