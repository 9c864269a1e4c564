-- Takes all roles of a member away.
-- kind: exec
-- param: person_id i64

DELETE FROM staff_roles WHERE person_id = $person_id
