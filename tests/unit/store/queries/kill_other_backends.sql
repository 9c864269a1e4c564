-- Ends every other connection to this database, as an operator or a crash would.
-- kind: one
-- only: postgres
-- column: ended i64
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
