-- The same for the questions that led there.
-- kind: exec
-- param: person_id i64
UPDATE verifications SET id_number_index = NULL, next_ask_at_us = 0 WHERE person_id = $person_id
