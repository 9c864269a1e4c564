-- PostgreSQL: the leaves of one commit group; the sealer gives them their place later.
-- only: postgres
-- kind: batch
-- param: segment_id i64
-- param: leaf_count i64
-- param: leaf_refs blob
-- param: leaf_hashes blob
-- param: created_at_us i64

INSERT INTO log_segments (
    segment_id, leaf_count, leaf_refs, leaf_hashes, created_at_us)
VALUES (
    $segment_id, $leaf_count, $leaf_refs, $leaf_hashes, $created_at_us)
