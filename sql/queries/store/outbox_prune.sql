-- Forgets the keys of what was handled long ago.
-- kind: exec
-- param: before_us i64
-- param: limit_count i64
DELETE FROM outbox
WHERE (person_id, outbox_id) IN (
    SELECT person_id, outbox_id FROM outbox
    WHERE handled_at_us > 0 AND handled_at_us < $before_us
    ORDER BY handled_at_us
    LIMIT $limit_count)
