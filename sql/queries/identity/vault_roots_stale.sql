-- Root secrets that an older master key wraps.
-- kind: many
-- param: newest i64
-- column: name text
-- column: master_version i64
-- column: wrapped blob
SELECT name, master_version, wrapped FROM vault_roots WHERE master_version < $newest ORDER BY name
