-- What a person says now. Saying two things in one microsecond keeps the last.
-- kind: exec
-- param: person_id i64
-- param: consent text
-- param: at_us i64
-- param: version i64
-- param: is_given i64
INSERT INTO consents (person_id, consent, at_us, version, is_given)
VALUES ($person_id, $consent, $at_us, $version, $is_given)
ON CONFLICT (person_id, consent, at_us) DO UPDATE
SET version = excluded.version, is_given = excluded.is_given
