-- Its counter went back: it counts no more.
-- kind: exec
-- param: passkey_id i64
-- param: now_us i64
UPDATE passkeys SET copied_at_us = $now_us WHERE passkey_id = $passkey_id AND copied_at_us = 0
