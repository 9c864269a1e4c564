-- When sessions were last used, to the minute; never back in time.
-- kind: batch
-- param: session_id i64
-- param: used_at_us i64
UPDATE sessions SET last_used_at_us = $used_at_us
WHERE session_id = $session_id AND last_used_at_us < $used_at_us
