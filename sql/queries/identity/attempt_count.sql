-- Counts one attempt unless it is paused. The pause grows with each attempt beyond the free ones.
-- kind: one
-- param: kind i64
-- param: subject hash
-- param: now_us i64
-- param: window_us i64
-- param: free_count i64
-- param: pause_us i64
-- param: pause_max_us i64
-- column: count i64
-- column: since_us i64
INSERT INTO attempts (kind, subject, count, since_us, last_at_us, paused_until_us)
VALUES ($kind, $subject, 1, $now_us, $now_us,
        CASE WHEN $free_count < 1 THEN $now_us + $pause_us ELSE 0 END)
ON CONFLICT (kind, subject) DO UPDATE SET
    count = CASE WHEN attempts.since_us <= $now_us - $window_us THEN 1 ELSE attempts.count + 1 END,
    since_us = CASE WHEN attempts.since_us <= $now_us - $window_us THEN $now_us
                    ELSE attempts.since_us END,
    last_at_us = $now_us,
    paused_until_us = CASE
        WHEN attempts.since_us <= $now_us - $window_us
            THEN CASE WHEN $free_count < 1 THEN $now_us + $pause_us ELSE 0 END
        WHEN attempts.count + 1 <= $free_count THEN 0
        WHEN (attempts.count + 1 - $free_count) * $pause_us > $pause_max_us
            THEN $now_us + $pause_max_us
        ELSE $now_us + (attempts.count + 1 - $free_count) * $pause_us END
WHERE attempts.paused_until_us <= $now_us
RETURNING count, since_us
