-- Roles of members that work, for the union of what each may do.
-- kind: many
-- column: person_id i64
-- column: capabilities i64

SELECT s.person_id, r.capabilities
FROM staff_members AS m
JOIN staff_roles AS s ON s.person_id = m.person_id
JOIN roles AS r ON r.role = s.role
WHERE m.disabled_at_us = 0 AND m.enrolled_at_us <> 0
ORDER BY s.person_id
