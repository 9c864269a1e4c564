-- "It was not me": the first time counts.
-- kind: exec
-- param: person_id i64
-- param: message_id i64
-- param: now_us i64
UPDATE messages SET not_me_at_us = $now_us
WHERE person_id = $person_id AND message_id = $message_id AND not_me_at_us = 0
