-- PostgreSQL: the sealed size and the unfinished tiles. (On SQLite tiles that are not full are made
-- from the segments; there nothing asks.)
-- kind: one
-- column: size i64
-- column: edge blob
SELECT 0, x'' FROM log_state WHERE log_state_id = 1
