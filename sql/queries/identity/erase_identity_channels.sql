-- Erasing a person: who confirmed them goes.
-- kind: exec
-- param: person_id i64
DELETE FROM identity_channels WHERE person_id = $person_id
