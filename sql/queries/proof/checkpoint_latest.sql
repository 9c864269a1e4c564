-- The newest checkpoint of the newest epoch.
-- kind: one
-- column: epoch i64
-- column: size i64
-- column: root hash
-- column: note text
SELECT epoch, size, root, note
FROM log_checkpoints
ORDER BY epoch DESC, size DESC
LIMIT 1
