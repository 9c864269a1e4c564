-- Looks many ids up at once.
-- kind: batch
-- param: id i64
-- column: id i64
-- column: label text
SELECT id, label FROM things WHERE id = $id
