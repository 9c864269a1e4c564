-- A contact that somebody claims.
-- kind: exec
-- param: contact_id i64
-- param: person_id i64
-- param: kind i64
-- param: channel i64
-- param: value_sealed blob
-- param: value_index hash
-- param: now_us i64
INSERT INTO person_contacts (contact_id, person_id, kind, channel, state, value_sealed, value_index,
                             created_at_us, confirmed_at_us, ended_at_us)
VALUES ($contact_id, $person_id, $kind, $channel, 1, $value_sealed, $value_index, $now_us, 0, 0)
