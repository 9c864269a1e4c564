-- A card that is to be checked with its bank.
-- kind: exec
-- param: card_id i64
-- param: person_id i64
-- param: number_sealed blob
-- param: number_index hash
-- param: last_four text
-- param: network text
-- param: bank text
-- param: card_kind i64
-- param: label_sealed blob?
-- param: color i64
-- param: contact_id i64
-- param: verification_id i64
-- param: created_at_us i64
INSERT INTO cards (card_id, person_id, state, fault, number_sealed, number_index, last_four,
                   network, bank, kind, label_sealed, color, is_default, contact_id,
                   verification_id, created_at_us, bound_at_us, ended_at_us)
VALUES ($card_id, $person_id, 1, 0, $number_sealed, $number_index, $last_four, $network, $bank,
        $card_kind, $label_sealed, $color, 0, $contact_id, $verification_id, $created_at_us, 0, 0)
