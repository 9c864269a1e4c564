-- Where the log ends.
-- kind: one
-- column: segment_id i64
-- column: first_index i64
-- column: leaf_count i64
-- column: created_at_us i64

SELECT segment_id, first_index, leaf_count, created_at_us
FROM log_segments
WHERE first_index IS NOT NULL
ORDER BY first_index DESC
LIMIT 1
