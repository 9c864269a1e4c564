-- The counter only grows, also between two answers at once; one that stays at zero counts nothing.
-- kind: exec
-- param: passkey_id i64
-- param: sign_count i64
-- param: flags i64
-- param: now_us i64
UPDATE passkeys SET sign_count = $sign_count, flags = $flags, last_used_at_us = $now_us
WHERE passkey_id = $passkey_id AND copied_at_us = 0
  AND (sign_count < $sign_count OR (sign_count = 0 AND $sign_count = 0))
