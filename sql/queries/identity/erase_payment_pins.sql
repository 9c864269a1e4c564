-- Erasing a person: the PIN's hash goes.
-- kind: exec
-- param: person_id i64
DELETE FROM payment_pins WHERE person_id = $person_id
