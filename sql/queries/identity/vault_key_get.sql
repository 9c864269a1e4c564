-- A person's data key as it is stored.
-- kind: one
-- param: person_id i64
-- column: master_version i64
-- column: wrapped blob
-- column: created_at_us i64
-- column: erased_at_us i64
SELECT master_version, wrapped, created_at_us, erased_at_us
FROM vault_keys
WHERE person_id = $person_id
