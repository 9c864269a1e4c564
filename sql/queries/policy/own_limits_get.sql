-- The lower limits that a person set.
-- kind: many
-- param: person_id i64
-- param: currency i64
-- column: operation i64
-- column: period i64
-- column: amount_minor i64
-- column: next_minor i64
-- column: next_from_us i64
SELECT operation, period, amount_minor, next_minor, next_from_us
FROM own_limits
WHERE person_id = $person_id AND currency = $currency
