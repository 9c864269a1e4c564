-- The row of a day: whoever writes it first has it until the commit.
-- kind: exec
-- param: person_id i64
-- param: currency i64
-- param: day i64
-- param: strength i64
INSERT INTO confirmed_days (person_id, currency, day, strength, amount_minor)
VALUES ($person_id, $currency, $day, $strength, 0)
ON CONFLICT (person_id, currency, day, strength)
DO UPDATE SET amount_minor = confirmed_days.amount_minor
