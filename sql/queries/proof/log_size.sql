-- How many leaves have a place in the log.
-- kind: one
-- column: size i64
SELECT first_index + leaf_count AS size
FROM log_segments
WHERE first_index IS NOT NULL
ORDER BY first_index DESC
LIMIT 1
