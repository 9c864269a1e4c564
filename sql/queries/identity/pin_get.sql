-- The payment PIN of a person.
-- kind: one
-- param: person_id i64
-- column: hash text
-- column: created_at_us i64
-- column: changed_at_us i64
-- column: last_used_at_us i64
SELECT hash, created_at_us, changed_at_us, last_used_at_us FROM payment_pins
WHERE person_id = $person_id
