-- A claimed contact is the person's from now on, unless somebody else has it.
-- kind: exec
-- param: contact_id i64
-- param: person_id i64
-- param: now_us i64
UPDATE person_contacts SET state = 2, confirmed_at_us = $now_us
WHERE contact_id = $contact_id AND person_id = $person_id AND state = 1
  AND NOT EXISTS (SELECT 1 FROM person_contacts AS other
                  WHERE other.kind = person_contacts.kind
                    AND other.channel = person_contacts.channel
                    AND other.value_index = person_contacts.value_index AND other.state = 2)
