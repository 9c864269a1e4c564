-- Counts an amount.
-- kind: exec
-- param: person_id i64
-- param: currency i64
-- param: day i64
-- param: strength i64
-- param: amount_minor i64
UPDATE confirmed_days SET amount_minor = amount_minor + $amount_minor
WHERE person_id = $person_id AND currency = $currency AND day = $day AND strength = $strength
