-- PostgreSQL: moves the sealed log on, provided that no other sealer did.
-- only: postgres
-- kind: exec
-- param: size_before i64
-- param: size i64
-- param: edge blob

UPDATE log_state SET size = $size, edge = $edge
WHERE log_state_id = 1 AND size = $size_before
