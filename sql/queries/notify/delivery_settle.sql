-- What became of an attempt; only by who still holds the claim. state 1: tried again at due_at_us.
-- kind: exec
-- param: person_id i64
-- param: delivery_id i64
-- param: claim i64
-- param: state i64
-- param: problem text
-- param: due_at_us i64
-- param: done_at_us i64
UPDATE deliveries SET state = $state, problem = $problem, due_at_us = $due_at_us,
                      done_at_us = $done_at_us, claim = 0, claimed_until_us = 0
WHERE person_id = $person_id AND delivery_id = $delivery_id AND claim = $claim AND state = 1
