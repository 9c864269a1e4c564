-- What a person sees in the app, newest first.
-- kind: many
-- param: person_id i64
-- param: before_seq i64
-- param: limit_count i64
-- column: message_id i64
-- column: seq i64
-- column: topic text
-- column: is_shown i64
-- column: params_sealed blob
-- column: created_at_us i64
-- column: expires_at_us i64
-- column: read_at_us i64
-- column: not_me_at_us i64
SELECT message_id, seq, topic, is_shown, params_sealed, created_at_us, expires_at_us, read_at_us,
       not_me_at_us
FROM messages
WHERE person_id = $person_id AND seq < $before_seq AND is_shown = 1
ORDER BY seq DESC
LIMIT $limit_count
