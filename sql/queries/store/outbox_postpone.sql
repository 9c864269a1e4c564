-- Could not be handled now: free for anybody, later.
-- kind: exec
-- param: person_id i64
-- param: outbox_id i64
-- param: claim i64
-- param: due_at_us i64
UPDATE outbox SET due_at_us = $due_at_us, claim = 0, claimed_until_us = 0
WHERE person_id = $person_id AND outbox_id = $outbox_id AND claim = $claim AND handled_at_us = 0
