-- In the holder's own write transaction: locks the lease's row, so that nobody can take it before
-- this transaction has ended. No row changed: the lease is lost.
-- kind: exec
-- param: name text
-- param: holder i64
-- param: fence i64
UPDATE store_leases SET fence = fence WHERE name = $name AND holder = $holder AND fence = $fence
