-- Where the table begins in the file, to damage it.
-- kind: one
-- only: sqlite
-- column: page i64
SELECT rootpage AS page FROM sqlite_schema WHERE name = 'things'
