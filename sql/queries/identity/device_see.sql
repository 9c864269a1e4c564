-- A device that is known by its token is seen again; its name follows its program's version.
-- kind: one
-- param: person_id i64
-- param: token_hash hash
-- param: name text
-- param: now_us i64
-- column: device_id i64
UPDATE devices SET last_seen_at_us = $now_us, name = $name
WHERE token_hash = $token_hash AND person_id = $person_id AND forgotten_at_us = 0
RETURNING device_id
