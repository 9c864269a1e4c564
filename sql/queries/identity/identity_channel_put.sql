-- A source confirmed the person; the first time counts.
-- kind: exec
-- param: person_id i64
-- param: check_kind i64
-- param: source text
-- param: confirmed_at_us i64
INSERT INTO identity_channels (person_id, check_kind, source, confirmed_at_us)
VALUES ($person_id, $check_kind, $source, $confirmed_at_us)
ON CONFLICT DO NOTHING
