-- Sets the payment PIN, or another one.
-- kind: exec
-- param: person_id i64
-- param: hash text
-- param: now_us i64
INSERT INTO payment_pins (person_id, hash, created_at_us, changed_at_us, last_used_at_us)
VALUES ($person_id, $hash, $now_us, $now_us, 0)
ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, changed_at_us = excluded.changed_at_us
