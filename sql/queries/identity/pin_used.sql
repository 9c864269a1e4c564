-- When a payment PIN was last right.
-- kind: exec
-- param: person_id i64
-- param: now_us i64
UPDATE payment_pins SET last_used_at_us = $now_us WHERE person_id = $person_id
