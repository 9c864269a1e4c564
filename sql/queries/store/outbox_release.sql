-- Nobody works on anything: SQLite's file has one process, and it has just started.
-- kind: exec
UPDATE outbox SET claim = 0, claimed_until_us = 0 WHERE handled_at_us = 0 AND claim <> 0
