-- How many holds are open.
-- kind: one
-- column: open_count i64

SELECT count(*) FROM holds WHERE resolved_by IS NULL
