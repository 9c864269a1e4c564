-- Locks the chain's head and moves it to the next row; its hash follows.
-- kind: one
-- column: seq i64
-- column: hash hash
UPDATE access_head SET seq = seq + 1 WHERE access_head_id = 1 RETURNING seq, hash
