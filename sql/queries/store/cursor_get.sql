-- How far a follower has come.
-- kind: one
-- param: name text
-- column: position i64
SELECT position FROM store_cursors WHERE name = $name
