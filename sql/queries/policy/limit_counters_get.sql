-- What a person used, by operation; at most nine rows.
-- kind: many
-- param: person_id i64
-- param: currency i64
-- column: operation i64
-- column: day_start_us i64
-- column: day_minor i64
-- column: day_count i64
-- column: month_start_us i64
-- column: month_minor i64
-- column: month_count i64
-- column: year_start_us i64
-- column: year_minor i64
-- column: year_count i64
-- column: lifetime_minor i64
-- column: lifetime_count i64
SELECT operation, day_start_us, day_minor, day_count, month_start_us, month_minor, month_count,
       year_start_us, year_minor, year_count, lifetime_minor, lifetime_count
FROM limit_counters
WHERE person_id = $person_id AND currency = $currency
