-- A secret goes as soon as nothing waits to be sent.
-- kind: exec
-- param: person_id i64
-- param: message_id i64
UPDATE messages SET params_sealed = x''
WHERE person_id = $person_id AND message_id = $message_id AND is_secret = 1
  AND NOT EXISTS (SELECT 1 FROM deliveries AS d
                  WHERE d.person_id = $person_id AND d.message_id = $message_id AND d.state = 1)
