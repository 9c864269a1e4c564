-- The member can do nothing from now on; the first time counts.
-- kind: exec
-- param: person_id i64
-- param: disabled_by i64
-- param: now_us i64

UPDATE staff_members
SET disabled_at_us = $now_us, disabled_by = $disabled_by, enrol_hash = NULL, changed_at_us = $now_us
WHERE person_id = $person_id AND disabled_at_us = 0
