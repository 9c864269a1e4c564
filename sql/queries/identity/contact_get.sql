-- One contact of a person, also one that was given up: news of that still goes there.
-- kind: one
-- param: person_id i64
-- param: contact_id i64
-- column: contact_id i64
-- column: person_id i64
-- column: channel i64
-- column: state i64
-- column: value_sealed blob
-- column: created_at_us i64
-- column: confirmed_at_us i64
SELECT contact_id, person_id, channel, state, value_sealed, created_at_us, confirmed_at_us
FROM person_contacts
WHERE person_id = $person_id AND contact_id = $contact_id
