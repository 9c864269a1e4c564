-- What holds now, in few columns: read before every payment. Uses the partial index.
-- The lock that holds longest comes first.
-- kind: many
-- param: person_id i64
-- param: now_us i64
-- column: lock_id i64
-- column: effects i64

SELECT lock_id, effects
FROM locks
WHERE person_id = $person_id AND lifted_at_us = 0 AND (until_us = 0 OR until_us > $now_us)
ORDER BY CASE WHEN until_us = 0 THEN 1 ELSE 0 END DESC, until_us DESC, lock_id
