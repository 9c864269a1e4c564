-- Whether the PIN is still the one that was checked.
-- kind: one
-- param: person_id i64
-- param: hash text
-- column: n i64
SELECT count(*) AS n FROM payment_pins WHERE person_id = $person_id AND hash = $hash
