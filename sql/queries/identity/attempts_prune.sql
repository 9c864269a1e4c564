-- Counters that nobody touched for long.
-- kind: exec
-- param: before_us i64
-- param: count_max i64
DELETE FROM attempts
WHERE (kind, subject) IN (SELECT kind, subject FROM attempts WHERE last_at_us < $before_us
                          ORDER BY last_at_us LIMIT $count_max)
