-- The sources that confirmed a person.
-- kind: many
-- param: person_id i64
-- column: check_kind i64
-- column: source text
-- column: confirmed_at_us i64
SELECT check_kind, source, confirmed_at_us FROM identity_channels
WHERE person_id = $person_id
ORDER BY check_kind, source
