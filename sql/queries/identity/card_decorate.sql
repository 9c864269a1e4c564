-- The name and colour that the person gave it.
-- kind: exec
-- param: card_id i64
-- param: person_id i64
-- param: label_sealed blob?
-- param: color i64
UPDATE cards SET label_sealed = $label_sealed, color = $color
WHERE card_id = $card_id AND person_id = $person_id
