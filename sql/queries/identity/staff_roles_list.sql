-- Roles of members with ids in a range, with what each allows.
-- kind: many
-- param: first_id i64
-- param: last_id i64
-- column: person_id i64
-- column: role text
-- column: capabilities i64

SELECT s.person_id, s.role, r.capabilities
FROM staff_roles AS s
JOIN roles AS r ON r.role = s.role
WHERE s.person_id BETWEEN $first_id AND $last_id
ORDER BY s.person_id DESC, s.role
