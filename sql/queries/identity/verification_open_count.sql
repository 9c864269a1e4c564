-- Whether a question of a kind is being looked at.
-- kind: one
-- param: person_id i64
-- param: check_kind i64
-- column: running i64
SELECT count(*) AS running FROM verifications
WHERE person_id = $person_id AND check_kind = $check_kind AND state IN (1, 4)
