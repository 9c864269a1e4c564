-- Takes what is due and nobody works on, oldest first. The conditions stand twice: on PostgreSQL the
-- outer ones are judged again when another worker took a row meanwhile.
-- kind: many
-- param: now_us i64
-- param: claim i64
-- param: until_us i64
-- param: limit_count i64
-- column: outbox_id i64
-- column: person_id i64
-- column: contact_id i64
-- column: topic text
-- column: payload_sealed blob
-- column: created_at_us i64
-- column: expires_at_us i64
-- column: attempts i64
UPDATE outbox SET claim = $claim, claimed_until_us = $until_us, attempts = attempts + 1
WHERE handled_at_us = 0 AND due_at_us <= $now_us AND claimed_until_us <= $now_us
  AND (person_id, outbox_id) IN (
      SELECT person_id, outbox_id FROM outbox
      WHERE handled_at_us = 0 AND due_at_us <= $now_us AND claimed_until_us <= $now_us
      ORDER BY due_at_us, outbox_id
      LIMIT $limit_count)
RETURNING outbox_id, person_id, contact_id, topic, payload_sealed, created_at_us, expires_at_us,
          attempts
