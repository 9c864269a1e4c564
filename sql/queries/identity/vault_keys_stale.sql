-- Data keys that an older master key wraps.
-- kind: many
-- param: newest i64
-- param: count_max i64
-- column: person_id i64
-- column: master_version i64
-- column: wrapped blob
SELECT person_id, master_version, wrapped
FROM vault_keys
WHERE master_version > 0 AND master_version < $newest
ORDER BY master_version, person_id
LIMIT $count_max
