-- What a person says against a lock.
-- kind: exec
-- param: lock_id i64
-- param: person_id i64
-- param: text_sealed blob
-- param: contested_at_us i64
-- param: due_at_us i64

INSERT INTO lock_contests (lock_id, person_id, text_sealed, contested_at_us, due_at_us,
                           answered_at_us, answered_by, answer_sealed)
VALUES ($lock_id, $person_id, $text_sealed, $contested_at_us, $due_at_us, 0, 0, NULL)
