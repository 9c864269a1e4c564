-- A look by staff.
-- kind: exec
-- param: seq i64
-- param: staff_id i64
-- param: person_id i64
-- param: classes i64
-- param: why i64
-- param: reason_sealed blob
-- param: at_us i64
-- param: previous_hash hash
-- param: hash hash
INSERT INTO access_log (seq, staff_id, person_id, classes, why, reason_sealed, at_us, previous_hash,
                        hash)
VALUES ($seq, $staff_id, $person_id, $classes, $why, $reason_sealed, $at_us, $previous_hash, $hash)
