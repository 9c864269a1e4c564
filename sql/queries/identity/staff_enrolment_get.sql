-- Whose invitation a secret is.
-- kind: one
-- param: enrol_hash hash
-- param: now_us i64
-- column: person_id i64

SELECT person_id FROM staff_members
WHERE enrol_hash = $enrol_hash AND enrol_until_us > $now_us AND disabled_at_us = 0
