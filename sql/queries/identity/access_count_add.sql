-- More openings of a person's data for a purpose on a day.
-- kind: batch
-- param: person_id i64
-- param: day i64
-- param: purpose i64
-- param: openings i64
INSERT INTO access_counts (person_id, day, purpose, openings)
VALUES ($person_id, $day, $purpose, $openings)
ON CONFLICT (person_id, day, purpose) DO UPDATE
SET openings = access_counts.openings + excluded.openings
