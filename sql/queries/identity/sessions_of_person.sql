-- The sessions of a person that go on, newest first.
-- kind: many
-- param: person_id i64
-- param: now_us i64
-- column: session_id i64
-- column: person_id i64
-- column: kind i64
-- column: level i64
-- column: capabilities i64
-- column: methods i64
-- column: device_id i64
-- column: device_name text
-- column: place text
-- column: created_at_us i64
-- column: authenticated_at_us i64
-- column: last_used_at_us i64
-- column: expires_at_us i64
SELECT s.session_id, s.person_id, s.kind, s.level, s.capabilities, s.methods, s.device_id,
       coalesce(d.name, '') AS device_name, s.place, s.created_at_us, s.authenticated_at_us,
       s.last_used_at_us, s.expires_at_us
FROM sessions AS s LEFT JOIN devices AS d ON d.device_id = s.device_id
WHERE s.person_id = $person_id AND s.ended_at_us = 0 AND s.expires_at_us > $now_us
ORDER BY s.session_id DESC
LIMIT 200
