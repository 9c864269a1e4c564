-- From one state to the next; nothing when the person is in another one by now.
-- kind: exec
-- param: person_id i64
-- param: from_state i64
-- param: to_state i64
-- param: now_us i64
UPDATE people SET state = $to_state, state_at_us = $now_us
WHERE person_id = $person_id AND state = $from_state
