-- The first decision counts.
-- kind: exec
-- param: review_id i64
-- param: state i64
-- param: decided_at_us i64
-- param: decided_by i64
-- param: in_person i64
-- param: reason_sealed blob
UPDATE reviews SET state = $state, decided_at_us = $decided_at_us, decided_by = $decided_by,
                   in_person = $in_person, reason_sealed = $reason_sealed
WHERE review_id = $review_id AND state = 1
