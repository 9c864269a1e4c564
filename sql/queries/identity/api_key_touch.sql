-- When keys were last used, to the minute; never back in time.
-- kind: batch
-- param: api_key_id i64
-- param: used_at_us i64
UPDATE api_keys SET last_used_at_us = $used_at_us
WHERE api_key_id = $api_key_id AND last_used_at_us < $used_at_us
