-- An account begins to end; nothing if it does already.
-- kind: exec
-- param: person_id i64
-- param: state_before i64
-- param: requested_at_us i64
-- param: due_at_us i64
INSERT INTO deletions (person_id, state_before, requested_at_us, due_at_us, closed_at_us,
                       keep_until_us, erased_at_us)
VALUES ($person_id, $state_before, $requested_at_us, $due_at_us, 0, 0, 0)
ON CONFLICT (person_id) DO NOTHING
