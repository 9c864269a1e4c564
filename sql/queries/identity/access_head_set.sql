-- The hash of the row that was appended.
-- kind: exec
-- param: hash hash
UPDATE access_head SET hash = $hash WHERE access_head_id = 1
