-- The segments that hold the leaves from an index up to another.
-- kind: many
-- param: from_index i64
-- param: until_index i64
-- column: first_index i64
-- column: leaf_refs blob
SELECT first_index, leaf_refs
FROM log_segments
WHERE first_index < $until_index
  AND first_index >= (SELECT coalesce(max(first_index), 0) FROM log_segments
                      WHERE first_index <= $from_index)
ORDER BY first_index
