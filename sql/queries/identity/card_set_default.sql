-- One card of a person is the default; the others are not.
-- kind: exec
-- param: card_id i64
-- param: person_id i64
UPDATE cards SET is_default = CASE WHEN card_id = $card_id THEN 1 ELSE 0 END
WHERE person_id = $person_id AND state = 3
