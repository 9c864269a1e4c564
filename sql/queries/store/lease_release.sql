-- Gives a lease up before its time, so that the next holder need not wait.
-- kind: exec
-- param: name text
-- param: holder i64
-- param: fence i64
UPDATE store_leases SET expires_at_us = 0
WHERE name = $name AND holder = $holder AND fence = $fence
