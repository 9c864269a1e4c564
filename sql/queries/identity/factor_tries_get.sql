-- How often a factor was tried in vain.
-- kind: one
-- param: person_id i64
-- param: factor i64
-- column: failed i64
-- column: paused_until_us i64
SELECT failed, paused_until_us FROM factor_tries
WHERE person_id = $person_id AND factor = $factor
