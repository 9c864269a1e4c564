-- A segment with its place in the log, to find the index of one of its leaves.
-- kind: one
-- param: segment_id i64
-- column: first_index i64?
-- column: leaf_refs blob
SELECT first_index, leaf_refs FROM log_segments WHERE segment_id = $segment_id
