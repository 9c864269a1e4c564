-- A person's password, new or in place of the old.
-- kind: exec
-- param: person_id i64
-- param: hash text
-- param: now_us i64
INSERT INTO passwords (person_id, hash, changed_at_us) VALUES ($person_id, $hash, $now_us)
ON CONFLICT (person_id) DO UPDATE SET hash = $hash, changed_at_us = $now_us
