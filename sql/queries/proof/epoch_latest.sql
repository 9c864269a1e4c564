-- The log's epoch: it grows by one with each restore.
-- kind: one
-- column: epoch i64
SELECT max(epoch) AS epoch FROM log_epochs
