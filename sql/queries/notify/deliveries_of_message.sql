-- Where a message went, and how far it came.
-- kind: many
-- param: person_id i64
-- param: message_id i64
-- column: delivery_id i64
-- column: contact_id i64
-- column: channel i64
-- column: state i64
-- column: attempts i64
-- column: problem text
-- column: due_at_us i64
-- column: give_up_at_us i64
-- column: done_at_us i64
SELECT delivery_id, contact_id, channel, state, attempts, problem, due_at_us, give_up_at_us,
       done_at_us
FROM deliveries
WHERE person_id = $person_id AND message_id = $message_id
ORDER BY delivery_id
LIMIT 32
