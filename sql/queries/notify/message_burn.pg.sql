-- PostgreSQL writes an empty blob as a plain literal.
UPDATE messages SET params_sealed = ''
WHERE person_id = $person_id AND message_id = $message_id AND is_secret = 1
  AND NOT EXISTS (SELECT 1 FROM deliveries AS d
                  WHERE d.person_id = $person_id AND d.message_id = $message_id AND d.state = 1)
