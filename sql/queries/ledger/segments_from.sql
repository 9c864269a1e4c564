-- Indexed segments that hold leaves at or after an index, in log order.
-- kind: many
-- param: from_index i64
-- param: row_max i64
-- column: segment_id i64
-- column: first_index i64
-- column: leaf_count i64
-- column: leaf_refs blob
-- column: created_at_us i64

SELECT segment_id, first_index, leaf_count, leaf_refs, created_at_us
FROM log_segments
WHERE first_index >= (SELECT coalesce(max(first_index), 0) FROM log_segments
                      WHERE first_index <= $from_index)
  AND first_index + leaf_count > $from_index
ORDER BY first_index
LIMIT $row_max
