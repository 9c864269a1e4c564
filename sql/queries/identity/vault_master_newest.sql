-- The version that wraps new keys; 0 if there is none.
-- kind: one
-- column: version i64
SELECT coalesce(max(version), 0) AS version FROM vault_masters
