-- News, once: a second one with the same key for the same person and topic changes nothing.
-- kind: exec
-- param: outbox_id i64
-- param: person_id i64
-- param: contact_id i64
-- param: topic text
-- param: dedupe_key text
-- param: payload_sealed blob
-- param: created_at_us i64
-- param: due_at_us i64
-- param: expires_at_us i64
INSERT INTO outbox (outbox_id, person_id, contact_id, topic, dedupe_key, payload_sealed,
                    created_at_us, due_at_us, expires_at_us, attempts, claim, claimed_until_us,
                    handled_at_us)
VALUES ($outbox_id, $person_id, $contact_id, $topic, $dedupe_key, $payload_sealed, $created_at_us,
        $due_at_us, $expires_at_us, 0, 0, 0, 0)
ON CONFLICT (person_id, topic, dedupe_key) DO NOTHING
