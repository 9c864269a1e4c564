-- Erasing a person: preferences go, with the anti-phishing phrase.
-- kind: exec
-- param: person_id i64
DELETE FROM message_preferences WHERE person_id = $person_id
