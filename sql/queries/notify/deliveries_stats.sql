-- How much waits to be sent, and since when the oldest does.
-- kind: one
-- param: channel i64
-- column: waiting_count i64
-- column: oldest_us i64
SELECT count(*) AS waiting_count, coalesce(min(created_at_us), 0) AS oldest_us
FROM deliveries
WHERE state = 1 AND channel = $channel
