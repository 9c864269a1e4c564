-- What was confirmed on a day, by how well.
-- kind: many
-- param: person_id i64
-- param: currency i64
-- param: day i64
-- column: strength i64
-- column: amount_minor i64
SELECT strength, amount_minor FROM confirmed_days
WHERE person_id = $person_id AND currency = $currency AND day = $day
ORDER BY strength
