-- A person's data key, wrapped.
-- kind: exec
-- param: person_id i64
-- param: master_version i64
-- param: wrapped blob
-- param: created_at_us i64
INSERT INTO vault_keys (person_id, master_version, wrapped, created_at_us, erased_at_us)
VALUES ($person_id, $master_version, $wrapped, $created_at_us, 0)
