-- How often the wallet itself opened a person's data, newest day first.
-- kind: many
-- param: person_id i64
-- param: from_day i64
-- column: day i64
-- column: purpose i64
-- column: openings i64
SELECT day, purpose, openings
FROM access_counts
WHERE person_id = $person_id AND day >= $from_day
ORDER BY day DESC, purpose
LIMIT 1000
