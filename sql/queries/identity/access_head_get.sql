-- The newest row of the chain; 0 and zero bytes when nobody has looked yet.
-- kind: one
-- column: seq i64
-- column: hash hash
SELECT seq, hash FROM access_head WHERE access_head_id = 1
