-- PostgreSQL: how far the log is sealed, and its unfinished right edge. (SQLite keeps it in memory.)
-- only: postgres
-- kind: one
-- column: size i64
-- column: edge blob

SELECT size, edge FROM log_state WHERE log_state_id = 1
