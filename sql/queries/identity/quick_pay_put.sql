-- Turns quick pay on, or changes its limits.
-- kind: exec
-- param: person_id i64
-- param: currency i64
-- param: each_max_minor i64
-- param: day_max_minor i64
-- param: changed_at_us i64
INSERT INTO quick_pays (person_id, currency, each_max_minor, day_max_minor, changed_at_us)
VALUES ($person_id, $currency, $each_max_minor, $day_max_minor, $changed_at_us)
ON CONFLICT (person_id) DO UPDATE SET currency = excluded.currency,
    each_max_minor = excluded.each_max_minor, day_max_minor = excluded.day_max_minor,
    changed_at_us = excluded.changed_at_us
