-- The row that tries are counted in.
-- kind: exec
-- param: person_id i64
-- param: factor i64
INSERT INTO factor_tries (person_id, factor, failed, paused_until_us)
VALUES ($person_id, $factor, 0, 0)
ON CONFLICT DO NOTHING
