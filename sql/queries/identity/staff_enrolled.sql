-- The member has a second factor; the secret is used up.
-- kind: exec
-- param: person_id i64
-- param: now_us i64

UPDATE staff_members
SET enrol_hash = NULL, enrolled_at_us = $now_us, changed_at_us = $now_us
WHERE person_id = $person_id AND enrolled_at_us = 0
