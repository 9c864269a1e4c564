-- Forgets where old messages went.
-- kind: exec
-- param: before_us i64
-- param: limit_count i64
DELETE FROM deliveries
WHERE (person_id, delivery_id) IN (
    SELECT person_id, delivery_id FROM deliveries
    WHERE state <> 1 AND done_at_us < $before_us
    ORDER BY done_at_us
    LIMIT $limit_count)
