-- How much waits, and since when the oldest does: for metrics.
-- kind: one
-- column: waiting_count i64
-- column: oldest_us i64
SELECT count(*) AS waiting_count, coalesce(min(created_at_us), 0) AS oldest_us
FROM outbox
WHERE handled_at_us = 0
