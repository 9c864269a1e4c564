-- Who uses a contact.
-- kind: one
-- param: kind i64
-- param: channel i64
-- param: value_index hash
-- column: contact_id i64
-- column: person_id i64
-- column: channel i64
-- column: state i64
-- column: value_sealed blob
-- column: created_at_us i64
-- column: confirmed_at_us i64
SELECT contact_id, person_id, channel, state, value_sealed, created_at_us, confirmed_at_us
FROM person_contacts
WHERE kind = $kind AND channel = $channel AND value_index = $value_index AND state = 2
