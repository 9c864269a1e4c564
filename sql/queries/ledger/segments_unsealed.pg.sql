SELECT segment_id, leaf_count, leaf_hashes
FROM log_segments
WHERE first_index IS NULL
ORDER BY segment_id
LIMIT $row_max
