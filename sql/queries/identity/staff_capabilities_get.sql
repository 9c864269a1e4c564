-- What one member may do now, a row per role.
-- kind: many
-- param: person_id i64
-- column: capabilities i64

SELECT r.capabilities
FROM staff_members AS m
JOIN staff_roles AS s ON s.person_id = m.person_id
JOIN roles AS r ON r.role = s.role
WHERE m.person_id = $person_id AND m.disabled_at_us = 0 AND m.enrolled_at_us <> 0
