-- PostgreSQL: how far the log is sealed, and its unfinished right edge. (SQLite keeps it in memory.)
-- kind: one
-- column: size i64
-- column: edge blob

SELECT fold_from_index, x'' FROM log_state WHERE log_state_id = 1
