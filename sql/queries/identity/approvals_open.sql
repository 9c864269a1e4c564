-- The open proposal about a thing.
-- kind: many
-- param: kind text
-- param: subject_id i64
-- column: approval_id i64

SELECT approval_id FROM approvals
WHERE kind = $kind AND subject_id = $subject_id AND state = 1
