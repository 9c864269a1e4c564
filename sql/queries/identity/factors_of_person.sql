-- Which factors a person has.
-- kind: one
-- param: person_id i64
-- column: has_pin i64
-- column: has_password i64
-- column: totp_count i64
-- column: passkey_count i64
-- column: recovery_count i64
-- column: contact_count i64
SELECT (SELECT count(*) FROM payment_pins WHERE person_id = $person_id) AS has_pin,
       (SELECT count(*) FROM passwords WHERE person_id = $person_id) AS has_password,
       (SELECT count(*) FROM totps WHERE person_id = $person_id AND state = 2) AS totp_count,
       (SELECT count(*) FROM passkeys WHERE person_id = $person_id AND copied_at_us = 0) AS passkey_count,
       (SELECT count(*) FROM recovery_codes WHERE person_id = $person_id AND used_at_us = 0)
           AS recovery_count,
       (SELECT count(*) FROM person_contacts WHERE person_id = $person_id AND state = 2) AS contact_count
