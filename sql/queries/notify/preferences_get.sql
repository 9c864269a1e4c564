-- What a person chose.
-- kind: one
-- param: person_id i64
-- column: choices i64
-- column: utc_offset_min i64
-- column: quiet_from_min i64
-- column: quiet_to_min i64
-- column: sms_from i64
-- column: email_from i64
-- column: phrase_sealed blob
SELECT choices, utc_offset_min, quiet_from_min, quiet_to_min, sms_from, email_from, phrase_sealed
FROM message_preferences
WHERE person_id = $person_id
