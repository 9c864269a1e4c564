-- A message, next in its person's order. Two at once: one of them runs again.
-- kind: exec
-- param: message_id i64
-- param: person_id i64
-- param: topic text
-- param: kind i64
-- param: severity i64
-- param: is_shown i64
-- param: is_secret i64
-- param: params_sealed blob
-- param: code_index hash
-- param: created_at_us i64
-- param: expires_at_us i64
INSERT INTO messages (message_id, person_id, seq, topic, kind, severity, is_shown, is_secret,
                      params_sealed, code_index, created_at_us, expires_at_us, read_at_us,
                      not_me_at_us)
SELECT $message_id, $person_id,
       coalesce((SELECT max(seq) FROM messages WHERE person_id = $person_id), 0) + 1,
       $topic, $kind, $severity, $is_shown, $is_secret, $params_sealed, $code_index,
       $created_at_us, $expires_at_us, 0, 0
