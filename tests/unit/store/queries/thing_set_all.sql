-- Sets amounts for many ids at once.
-- kind: batch
-- param: id i64
-- param: amount i64?
UPDATE things SET amount = $amount WHERE id = $id
