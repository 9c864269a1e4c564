-- A root secret; none if it is there already.
-- kind: exec
-- param: name text
-- param: master_version i64
-- param: wrapped blob
-- param: created_at_us i64
INSERT INTO vault_roots (name, master_version, wrapped, created_at_us)
VALUES ($name, $master_version, $wrapped, $created_at_us)
ON CONFLICT (name) DO NOTHING
