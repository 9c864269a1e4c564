-- One setting of the installation.
-- kind: one
-- param: name text
-- column: value text
SELECT value FROM settings WHERE name = $name;
