-- PostgreSQL: moves the sealed log on, provided that no other sealer did.
-- kind: exec
-- param: size_before i64
-- param: size i64
-- param: edge blob

UPDATE log_state SET fold_from_index = fold_from_index
WHERE log_state_id = 1 AND $size_before = $size AND length($edge) = 0
