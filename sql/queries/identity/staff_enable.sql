-- The member may work again.
-- kind: exec
-- param: person_id i64
-- param: now_us i64

UPDATE staff_members SET disabled_at_us = 0, disabled_by = 0, changed_at_us = $now_us
WHERE person_id = $person_id AND disabled_at_us <> 0
