-- How many other devices a person is known to have.
-- kind: one
-- param: person_id i64
-- param: but_id i64
-- column: count i64
SELECT count(*) AS count FROM devices
WHERE person_id = $person_id AND device_id <> $but_id AND forgotten_at_us = 0
