-- A device that was not seen before.
-- kind: exec
-- param: device_id i64
-- param: person_id i64
-- param: token_hash hash
-- param: name text
-- param: now_us i64
INSERT INTO devices (device_id, person_id, token_hash, name, first_seen_at_us, last_seen_at_us,
                     forgotten_at_us)
VALUES ($device_id, $person_id, $token_hash, $name, $now_us, $now_us, 0)
