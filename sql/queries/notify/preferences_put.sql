-- What a person chooses, as a whole.
-- kind: exec
-- param: person_id i64
-- param: choices i64
-- param: utc_offset_min i64
-- param: quiet_from_min i64
-- param: quiet_to_min i64
-- param: sms_from i64
-- param: email_from i64
-- param: phrase_sealed blob
-- param: changed_at_us i64
INSERT INTO message_preferences (person_id, choices, utc_offset_min, quiet_from_min, quiet_to_min,
                                 sms_from, email_from, phrase_sealed, changed_at_us)
VALUES ($person_id, $choices, $utc_offset_min, $quiet_from_min, $quiet_to_min, $sms_from,
        $email_from, $phrase_sealed, $changed_at_us)
ON CONFLICT (person_id) DO UPDATE SET
    choices = excluded.choices, utc_offset_min = excluded.utc_offset_min,
    quiet_from_min = excluded.quiet_from_min, quiet_to_min = excluded.quiet_to_min,
    sms_from = excluded.sms_from, email_from = excluded.email_from,
    phrase_sealed = excluded.phrase_sealed, changed_at_us = excluded.changed_at_us
