-- What became of a question; from one state only, so that two answers make one decision.
-- kind: exec
-- param: verification_id i64
-- param: from_state i64
-- param: state i64
-- param: fault i64
-- param: reference text
-- param: decided_at_us i64
UPDATE verifications
SET state = $state, fault = $fault, reference = $reference, decided_at_us = $decided_at_us
WHERE verification_id = $verification_id AND state = $from_state
