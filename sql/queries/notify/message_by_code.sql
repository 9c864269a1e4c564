-- The newest message that carries a code.
-- kind: one
-- param: code_index hash
-- column: person_id i64
-- column: message_id i64
-- column: topic text
-- column: created_at_us i64
SELECT person_id, message_id, topic, created_at_us
FROM messages
WHERE code_index = $code_index
ORDER BY created_at_us DESC
LIMIT 1
