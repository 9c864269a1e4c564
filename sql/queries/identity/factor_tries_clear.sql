-- A try was right: counting begins anew.
-- kind: exec
-- param: person_id i64
-- param: factor i64
UPDATE factor_tries SET failed = 0, paused_until_us = 0
WHERE person_id = $person_id AND factor = $factor
