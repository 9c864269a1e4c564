-- The newest head that was signed.
-- kind: one
-- column: seq i64
-- column: note text
SELECT seq, note FROM access_seals ORDER BY seq DESC LIMIT 1
