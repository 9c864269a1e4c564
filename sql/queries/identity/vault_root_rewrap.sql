-- The same root secret under another master key.
-- kind: exec
-- param: name text
-- param: old_version i64
-- param: new_version i64
-- param: wrapped blob
UPDATE vault_roots SET wrapped = $wrapped, master_version = $new_version
WHERE name = $name AND master_version = $old_version
