-- PostgreSQL: gives a segment its place; its leaf hashes are in tiles and edge from now on.
-- kind: batch
-- param: segment_id i64
-- param: first_index i64

UPDATE log_segments SET first_index = $first_index
WHERE segment_id = $segment_id AND first_index IS NULL
