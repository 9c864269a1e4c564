-- A checkpoint, once for its size: a second process that signs the same size signs the same bytes.
-- kind: exec
-- param: epoch i64
-- param: size i64
-- param: root hash
-- param: note text
INSERT INTO log_checkpoints (epoch, size, root, note)
VALUES ($epoch, $size, $root, $note)
ON CONFLICT (epoch, size) DO NOTHING
