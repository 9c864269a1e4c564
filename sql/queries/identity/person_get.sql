-- One person.
-- kind: one
-- param: person_id i64
-- column: kind i64
-- column: state i64
-- column: language i64
-- column: steps_done i64
-- column: steps_skipped i64
-- column: created_at_us i64
-- column: state_at_us i64
SELECT kind, state, language, steps_done, steps_skipped, created_at_us, state_at_us
FROM people WHERE person_id = $person_id
