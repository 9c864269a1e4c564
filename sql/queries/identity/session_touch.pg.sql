-- The same over arrays.
UPDATE sessions SET last_used_at_us = u.used_at_us
FROM unnest($session_id::bigint[], $used_at_us::bigint[]) AS u(session_id, used_at_us)
WHERE sessions.session_id = u.session_id AND sessions.last_used_at_us < u.used_at_us
