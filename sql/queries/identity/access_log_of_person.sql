-- Who looked at a person's data, newest first, before a row.
-- kind: many
-- param: person_id i64
-- param: before_seq i64
-- param: count_max i64
-- column: seq i64
-- column: staff_id i64
-- column: classes i64
-- column: why i64
-- column: reason_sealed blob
-- column: at_us i64
SELECT seq, staff_id, classes, why, reason_sealed, at_us
FROM access_log
WHERE person_id = $person_id AND seq < $before_seq
ORDER BY seq DESC
LIMIT $count_max
