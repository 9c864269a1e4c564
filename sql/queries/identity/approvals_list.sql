-- Proposals with ids in a range, newest first; open_only = 1: those that can be decided now.
-- kind: many
-- param: first_id i64
-- param: last_id i64
-- param: open_only i64
-- param: now_us i64
-- param: row_max i64
-- column: approval_id i64
-- column: kind text
-- column: subject_id i64
-- column: payload text
-- column: maker i64
-- column: reason_sealed blob
-- column: created_at_us i64
-- column: expires_at_us i64
-- column: state i64
-- column: decider i64
-- column: decided_at_us i64
-- column: verdict_sealed blob?

SELECT approval_id, kind, subject_id, payload, maker, reason_sealed, created_at_us, expires_at_us,
       state, decider, decided_at_us, verdict_sealed
FROM approvals
WHERE approval_id BETWEEN $first_id AND $last_id
  AND ($open_only = 0 OR (state = 1 AND expires_at_us > $now_us))
ORDER BY approval_id DESC
LIMIT $row_max
