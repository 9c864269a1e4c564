-- One operation's counts, whole.
-- kind: exec
-- param: person_id i64
-- param: currency i64
-- param: operation i64
-- param: day_start_us i64
-- param: day_minor i64
-- param: day_count i64
-- param: month_start_us i64
-- param: month_minor i64
-- param: month_count i64
-- param: year_start_us i64
-- param: year_minor i64
-- param: year_count i64
-- param: lifetime_minor i64
-- param: lifetime_count i64
INSERT INTO limit_counters (person_id, currency, operation, day_start_us, day_minor, day_count,
                            month_start_us, month_minor, month_count, year_start_us, year_minor,
                            year_count, lifetime_minor, lifetime_count)
VALUES ($person_id, $currency, $operation, $day_start_us, $day_minor, $day_count, $month_start_us,
        $month_minor, $month_count, $year_start_us, $year_minor, $year_count, $lifetime_minor,
        $lifetime_count)
ON CONFLICT (person_id, currency, operation) DO UPDATE SET
    day_start_us = excluded.day_start_us, day_minor = excluded.day_minor,
    day_count = excluded.day_count, month_start_us = excluded.month_start_us,
    month_minor = excluded.month_minor, month_count = excluded.month_count,
    year_start_us = excluded.year_start_us, year_minor = excluded.year_minor,
    year_count = excluded.year_count, lifetime_minor = excluded.lifetime_minor,
    lifetime_count = excluded.lifetime_count
