-- How many there are.
-- kind: one
-- column: count i64
SELECT count(id) AS count FROM things
