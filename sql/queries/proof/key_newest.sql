-- Which key signs now, and in which epoch.
-- kind: one
-- column: key_number i64?
-- column: epoch i64
SELECT (SELECT max(key_number) FROM log_keys) AS key_number, max(epoch) AS epoch FROM log_epochs
