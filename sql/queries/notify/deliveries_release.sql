-- Nobody works on anything: SQLite's file has one process, and it has just started.
-- kind: exec
UPDATE deliveries SET claim = 0, claimed_until_us = 0 WHERE state = 1 AND claim <> 0
