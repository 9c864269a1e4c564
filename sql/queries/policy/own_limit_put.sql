-- A limit of one's own, new or changed.
-- kind: exec
-- param: person_id i64
-- param: currency i64
-- param: operation i64
-- param: period i64
-- param: amount_minor i64
-- param: next_minor i64
-- param: next_from_us i64
INSERT INTO own_limits (person_id, currency, operation, period, amount_minor, next_minor, next_from_us)
VALUES ($person_id, $currency, $operation, $period, $amount_minor, $next_minor, $next_from_us)
ON CONFLICT (person_id, currency, operation, period) DO UPDATE SET
    amount_minor = excluded.amount_minor, next_minor = excluded.next_minor,
    next_from_us = excluded.next_from_us
