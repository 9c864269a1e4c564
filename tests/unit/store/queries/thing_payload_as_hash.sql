-- Reads a blob of any length as a hash: damage, as the store sees it.
-- kind: one
-- param: id i64
-- column: payload hash
SELECT payload FROM things WHERE id = $id
