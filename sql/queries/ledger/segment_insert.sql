-- SQLite: the leaves of one commit group, with their place in the log.
-- only: sqlite
-- kind: batch
-- param: segment_id i64
-- param: first_index i64
-- param: leaf_count i64
-- param: leaf_refs blob
-- param: created_at_us i64

INSERT INTO log_segments (
    segment_id, first_index, leaf_count, leaf_refs, created_at_us)
VALUES (
    $segment_id, $first_index, $leaf_count, $leaf_refs, $created_at_us)
