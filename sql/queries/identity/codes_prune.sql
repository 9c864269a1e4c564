-- Codes that nobody can use any more.
-- kind: exec
-- param: before_us i64
-- param: count_max i64
DELETE FROM one_time_codes
WHERE code_id IN (SELECT code_id FROM one_time_codes WHERE expires_at_us < $before_us
                  ORDER BY code_id LIMIT $count_max)
