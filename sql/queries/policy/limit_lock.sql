-- Takes the person's row 0, so that looking and counting of one person happen one after the other.
-- kind: exec
-- param: person_id i64
-- param: currency i64
INSERT INTO limit_counters (person_id, currency, operation, day_start_us, day_minor, day_count,
                            month_start_us, month_minor, month_count, year_start_us, year_minor,
                            year_count, lifetime_minor, lifetime_count)
VALUES ($person_id, $currency, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
ON CONFLICT (person_id, currency, operation) DO UPDATE SET lifetime_count = limit_counters.lifetime_count
