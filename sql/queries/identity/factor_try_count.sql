-- Counts a try before it is checked, unless there is a pause or a lock. Each fifth begins a longer pause.
-- kind: one
-- param: person_id i64
-- param: factor i64
-- param: now_us i64
-- param: first_pause_us i64
-- param: second_pause_us i64
-- param: third_pause_us i64
-- param: lock_after i64
-- column: failed i64
UPDATE factor_tries
SET failed = failed + 1,
    paused_until_us = CASE failed + 1 WHEN 5 THEN $now_us + $first_pause_us
                                      WHEN 10 THEN $now_us + $second_pause_us
                                      WHEN 15 THEN $now_us + $third_pause_us
                                      ELSE 0 END
WHERE person_id = $person_id AND factor = $factor AND paused_until_us <= $now_us
  AND failed < $lock_after
RETURNING failed
