-- Who has or is binding this card number.
-- kind: many
-- param: number_index hash
-- column: card_id i64
-- column: person_id i64
-- column: state i64
SELECT card_id, person_id, state FROM cards
WHERE number_index = $number_index AND state IN (1, 2, 3)
