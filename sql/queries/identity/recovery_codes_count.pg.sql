-- PostgreSQL sums bigint to numeric, which is cast back.
SELECT coalesce(sum(CASE WHEN used_at_us = 0 THEN 1 ELSE 0 END), 0)::bigint AS left_count,
       coalesce(max(created_at_us), 0) AS created_at_us, coalesce(max(used_at_us), 0) AS last_used_at_us
FROM recovery_codes
WHERE person_id = $person_id
