-- Roles of the member changed.
-- kind: exec
-- param: person_id i64
-- param: now_us i64

UPDATE staff_members SET changed_at_us = $now_us WHERE person_id = $person_id
