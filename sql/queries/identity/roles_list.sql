-- Every kind of role.
-- kind: many
-- column: role text
-- column: capabilities i64
-- column: title_en text
-- column: title_zh text

SELECT role, capabilities, title_en, title_zh FROM roles ORDER BY role
