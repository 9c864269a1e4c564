-- A new version of the master key, which must exist by now. None if another process made it first.
-- kind: exec
-- param: version i64
-- param: created_at_us i64
INSERT INTO vault_masters (version, created_at_us, retired_at_us)
VALUES ($version, $created_at_us, 0)
ON CONFLICT (version) DO NOTHING
