-- Confirmations that are long over.
-- kind: exec
-- param: person_id i64
-- param: before_us i64
DELETE FROM confirmations WHERE person_id = $person_id AND expires_at_us < $before_us
