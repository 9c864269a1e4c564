-- A contact is given up.
-- kind: exec
-- param: contact_id i64
-- param: person_id i64
-- param: now_us i64
UPDATE person_contacts SET state = 3, value_index = NULL, ended_at_us = $now_us
WHERE contact_id = $contact_id AND person_id = $person_id AND state <> 3
