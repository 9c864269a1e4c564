-- Takes what is due on one channel and nobody works on. See store/outbox_claim.sql for why the
-- conditions stand twice.
-- kind: many
-- param: channel i64
-- param: now_us i64
-- param: claim i64
-- param: until_us i64
-- param: limit_count i64
-- column: delivery_id i64
-- column: person_id i64
-- column: message_id i64
-- column: contact_id i64
-- column: attempts i64
-- column: give_up_at_us i64
UPDATE deliveries SET claim = $claim, claimed_until_us = $until_us, attempts = attempts + 1
WHERE state = 1 AND channel = $channel AND due_at_us <= $now_us AND claimed_until_us <= $now_us
  AND (person_id, delivery_id) IN (
      SELECT person_id, delivery_id FROM deliveries
      WHERE state = 1 AND channel = $channel AND due_at_us <= $now_us AND claimed_until_us <= $now_us
      ORDER BY due_at_us, delivery_id
      LIMIT $limit_count)
RETURNING delivery_id, person_id, message_id, contact_id, attempts, give_up_at_us
