-- Ids and amounts in order.
-- kind: many
-- param: from_id i64
-- column: id i64
-- column: amount i64?
SELECT id, amount FROM things WHERE id >= $from_id ORDER BY id
