-- A card that is refused or gone is found by its number no more.
-- kind: exec
-- param: card_id i64
-- param: person_id i64
-- param: state i64
-- param: fault i64
-- param: ended_at_us i64
UPDATE cards SET state = $state, fault = $fault, number_index = NULL, is_default = 0,
                 ended_at_us = $ended_at_us
WHERE card_id = $card_id AND person_id = $person_id AND state IN (1, 2, 3)
