-- Handled; only by who still holds the claim. The payload goes.
-- kind: exec
-- param: person_id i64
-- param: outbox_id i64
-- param: claim i64
-- param: now_us i64
UPDATE outbox SET handled_at_us = $now_us, claim = 0, payload_sealed = x''
WHERE person_id = $person_id AND outbox_id = $outbox_id AND claim = $claim AND handled_at_us = 0
