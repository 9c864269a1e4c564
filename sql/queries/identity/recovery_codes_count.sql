-- How many recovery codes are left, and since when there are any.
-- kind: one
-- param: person_id i64
-- column: left_count i64
-- column: created_at_us i64
-- column: last_used_at_us i64
SELECT coalesce(sum(CASE WHEN used_at_us = 0 THEN 1 ELSE 0 END), 0) AS left_count,
       coalesce(max(created_at_us), 0) AS created_at_us, coalesce(max(used_at_us), 0) AS last_used_at_us
FROM recovery_codes
WHERE person_id = $person_id
