-- Destroys a data key; the first time counts.
-- kind: exec
-- param: person_id i64
-- param: wrapped blob
-- param: erased_at_us i64
UPDATE vault_keys SET wrapped = $wrapped, master_version = 0, erased_at_us = $erased_at_us
WHERE person_id = $person_id AND erased_at_us = 0
