-- Members of staff with ids in a range, newest first.
-- kind: many
-- param: first_id i64
-- param: last_id i64
-- param: row_max i64
-- column: person_id i64
-- column: human_index hash
-- column: name_sealed blob
-- column: invited_by i64
-- column: invited_at_us i64
-- column: enrol_until_us i64
-- column: enrolled_at_us i64
-- column: disabled_at_us i64
-- column: changed_at_us i64

SELECT person_id, human_index, name_sealed, invited_by, invited_at_us,
       CASE WHEN enrol_hash IS NULL THEN 0 ELSE enrol_until_us END AS enrol_until_us,
       enrolled_at_us, disabled_at_us, changed_at_us
FROM staff_members
WHERE person_id BETWEEN $first_id AND $last_id
ORDER BY person_id DESC
LIMIT $row_max
