-- The same data key under another master key; nothing if it was erased or wrapped anew meanwhile.
-- kind: batch
-- param: person_id i64
-- param: old_version i64
-- param: new_version i64
-- param: wrapped blob
UPDATE vault_keys SET wrapped = $wrapped, master_version = $new_version
WHERE person_id = $person_id AND master_version = $old_version
