-- Ends the versions of the master key that nothing is wrapped by, and that were succeeded some time ago.
-- kind: exec
-- param: now_us i64
-- param: succeeded_before_us i64
UPDATE vault_masters SET retired_at_us = $now_us
WHERE retired_at_us = 0
  AND version < (SELECT max(n.version) FROM vault_masters AS n
                 WHERE n.created_at_us <= $succeeded_before_us)
  AND NOT EXISTS (SELECT 1 FROM vault_keys AS k WHERE k.master_version = vault_masters.version)
  AND NOT EXISTS (SELECT 1 FROM vault_roots AS r WHERE r.master_version = vault_masters.version)
