-- A setting is written once, at init.
-- kind: exec
-- param: name text
-- param: value text
INSERT INTO settings (name, value) VALUES ($name, $value);
