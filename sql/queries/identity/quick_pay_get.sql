-- Whether and how far a person pays without a factor.
-- kind: one
-- param: person_id i64
-- column: currency i64
-- column: each_max_minor i64
-- column: day_max_minor i64
-- column: changed_at_us i64
SELECT currency, each_max_minor, day_max_minor, changed_at_us FROM quick_pays
WHERE person_id = $person_id
