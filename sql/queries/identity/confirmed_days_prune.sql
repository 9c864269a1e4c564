-- Days that no limit looks back on.
-- kind: exec
-- param: person_id i64
-- param: before_day i64
DELETE FROM confirmed_days WHERE person_id = $person_id AND day < $before_day
