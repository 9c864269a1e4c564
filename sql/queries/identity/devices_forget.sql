-- No device of a person is known any more.
-- kind: exec
-- param: person_id i64
-- param: now_us i64
UPDATE devices SET forgotten_at_us = $now_us WHERE person_id = $person_id AND forgotten_at_us = 0
