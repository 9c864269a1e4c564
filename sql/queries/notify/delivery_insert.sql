-- A message on its way to one address.
-- kind: exec
-- param: delivery_id i64
-- param: person_id i64
-- param: message_id i64
-- param: contact_id i64
-- param: channel i64
-- param: created_at_us i64
-- param: due_at_us i64
-- param: give_up_at_us i64
INSERT INTO deliveries (delivery_id, person_id, message_id, contact_id, channel, state, attempts,
                        problem, created_at_us, due_at_us, give_up_at_us, claim, claimed_until_us,
                        done_at_us)
VALUES ($delivery_id, $person_id, $message_id, $contact_id, $channel, 1, 0, '', $created_at_us,
        $due_at_us, $give_up_at_us, 0, 0, 0)
