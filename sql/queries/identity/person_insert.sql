-- A person who begins to sign up.
-- kind: exec
-- param: person_id i64
-- param: kind i64
-- param: language i64
-- param: now_us i64
INSERT INTO people (person_id, kind, state, language, steps_done, steps_skipped, created_at_us,
                    state_at_us)
VALUES ($person_id, $kind, 1, $language, 0, 0, $now_us, $now_us)
