-- A person's password as it is kept.
-- kind: one
-- param: person_id i64
-- column: hash text
-- column: changed_at_us i64
SELECT hash, changed_at_us FROM passwords WHERE person_id = $person_id
