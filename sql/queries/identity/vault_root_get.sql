-- A root secret as it is stored.
-- kind: one
-- param: name text
-- column: master_version i64
-- column: wrapped blob
SELECT master_version, wrapped FROM vault_roots WHERE name = $name
