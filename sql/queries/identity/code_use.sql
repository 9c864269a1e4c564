-- A code is used up.
-- kind: exec
-- param: code_id i64
-- param: now_us i64
UPDATE one_time_codes SET used_at_us = $now_us WHERE code_id = $code_id AND used_at_us = 0
