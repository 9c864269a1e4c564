-- A card goes on from one state to another.
-- kind: exec
-- param: card_id i64
-- param: person_id i64
-- param: from_state i64
-- param: state i64
-- param: fault i64
-- param: bound_at_us i64
UPDATE cards SET state = $state, fault = $fault, bound_at_us = $bound_at_us
WHERE card_id = $card_id AND person_id = $person_id AND state = $from_state
