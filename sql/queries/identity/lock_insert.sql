-- A new lock.
-- kind: exec
-- param: lock_id i64
-- param: person_id i64
-- param: reason i64
-- param: why text
-- param: effects i64
-- param: put_by i64
-- param: put_by_staff i64
-- param: since_us i64
-- param: until_us i64
-- param: review_at_us i64
-- param: told_sealed blob?
-- param: note_sealed blob?

INSERT INTO locks (lock_id, person_id, reason, why, effects, put_by, put_by_staff, since_us, until_us,
                   review_at_us, told_sealed, note_sealed,
                   lifted_at_us, lifted_by, lifted_by_staff, contested_at_us)
VALUES ($lock_id, $person_id, $reason, $why, $effects, $put_by, $put_by_staff, $since_us,
        $until_us, $review_at_us, $told_sealed, $note_sealed,
        0, 0, 0, 0)
