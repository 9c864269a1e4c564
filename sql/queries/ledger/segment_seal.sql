-- PostgreSQL: gives a segment its place; its leaf hashes are in tiles and edge from now on.
-- only: postgres
-- kind: batch
-- param: segment_id i64
-- param: first_index i64

UPDATE log_segments AS s SET first_index = u.first_index, leaf_hashes = NULL
FROM unnest($segment_id::bigint[], $first_index::bigint[]) AS u(segment_id, first_index)
WHERE s.segment_id = u.segment_id AND s.first_index IS NULL
