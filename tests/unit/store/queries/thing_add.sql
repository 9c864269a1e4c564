-- Adds to an amount and tells the new one.
-- kind: one
-- param: id i64
-- param: by i64
-- column: amount i64?
UPDATE things SET amount = amount + $by WHERE id = $id RETURNING amount
