-- The same over arrays.
UPDATE api_keys SET last_used_at_us = u.used_at_us
FROM unnest($api_key_id::bigint[], $used_at_us::bigint[]) AS u(api_key_id, used_at_us)
WHERE api_keys.api_key_id = u.api_key_id AND api_keys.last_used_at_us < u.used_at_us
