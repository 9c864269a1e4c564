-- A person's cards: bound, being bound, and those refused since then.
-- kind: many
-- param: person_id i64
-- param: refused_since_us i64
-- column: card_id i64
-- column: state i64
-- column: fault i64
-- column: number_sealed blob
-- column: last_four text
-- column: network text
-- column: bank text
-- column: card_kind i64
-- column: label_sealed blob?
-- column: color i64
-- column: is_default i64
-- column: contact_id i64
-- column: created_at_us i64
-- column: bound_at_us i64
SELECT card_id, state, fault, number_sealed, last_four, network, bank, kind AS card_kind,
       label_sealed, color, is_default, contact_id, created_at_us, bound_at_us
FROM cards
WHERE person_id = $person_id
  AND (state IN (1, 2, 3) OR (state = 4 AND created_at_us >= $refused_since_us))
ORDER BY is_default DESC, card_id DESC
LIMIT 64
