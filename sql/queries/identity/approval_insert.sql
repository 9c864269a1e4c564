-- A new proposal.
-- kind: exec
-- param: approval_id i64
-- param: kind text
-- param: subject_id i64
-- param: payload text
-- param: maker i64
-- param: reason_sealed blob
-- param: created_at_us i64
-- param: expires_at_us i64

INSERT INTO approvals (approval_id, kind, subject_id, payload, maker, reason_sealed, created_at_us,
                       expires_at_us, state, decider, decided_at_us, verdict_sealed)
VALUES ($approval_id, $kind, $subject_id, $payload, $maker, $reason_sealed, $created_at_us,
        $expires_at_us, 1, 0, 0, NULL)
