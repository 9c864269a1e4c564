-- A new secret; the member enrols anew.
-- kind: exec
-- param: person_id i64
-- param: enrol_hash hash
-- param: enrol_until_us i64
-- param: now_us i64

UPDATE staff_members
SET enrol_hash = $enrol_hash, enrol_until_us = $enrol_until_us, enrolled_at_us = 0,
    changed_at_us = $now_us
WHERE person_id = $person_id AND disabled_at_us = 0
