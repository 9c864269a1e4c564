-- How many questions of a kind a person has put since then.
-- kind: one
-- param: person_id i64
-- param: check_kind i64
-- param: since_us i64
-- column: asked i64
SELECT count(*) AS asked FROM verifications
WHERE person_id = $person_id AND check_kind = $check_kind AND created_at_us >= $since_us
