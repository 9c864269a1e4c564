-- PostgreSQL: committed segments that have no place in the log yet.
-- only: postgres
-- kind: many
-- param: row_max i64
-- column: segment_id i64
-- column: leaf_count i64
-- column: leaf_hashes blob?

SELECT segment_id, leaf_count, leaf_hashes
FROM log_segments
WHERE first_index IS NULL
ORDER BY segment_id
LIMIT $row_max
