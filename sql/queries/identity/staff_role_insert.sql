-- Gives a member a role.
-- kind: exec
-- param: person_id i64
-- param: role text
-- param: given_by i64
-- param: given_at_us i64

INSERT INTO staff_roles (person_id, role, given_by, given_at_us)
VALUES ($person_id, $role, $given_by, $given_at_us)
