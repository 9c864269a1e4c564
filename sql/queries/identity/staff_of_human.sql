-- The working account of a human.
-- kind: many
-- param: human_index hash
-- column: person_id i64

SELECT person_id FROM staff_members
WHERE human_index = $human_index AND disabled_at_us = 0
