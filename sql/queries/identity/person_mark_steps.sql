-- Steps of the sign-up that were done or skipped; what is done is not skipped.
-- kind: exec
-- param: person_id i64
-- param: done i64
-- param: skipped i64
UPDATE people
SET steps_done = steps_done | $done,
    steps_skipped = (steps_skipped | $skipped) & ~(steps_done | $done)
WHERE person_id = $person_id
