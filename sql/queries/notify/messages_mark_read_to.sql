-- Everything up to a place is read.
-- kind: exec
-- param: person_id i64
-- param: to_seq i64
-- param: now_us i64
UPDATE messages SET read_at_us = $now_us
WHERE person_id = $person_id AND seq <= $to_seq AND read_at_us = 0 AND is_shown = 1
