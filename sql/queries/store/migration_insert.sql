-- Written in the transaction of the migration itself.
-- kind: exec
-- param: number i64
-- param: name text
-- param: sha256 text
-- param: applied_at_us i64
INSERT INTO schema_migrations (number, name, sha256, applied_at_us)
VALUES ($number, $name, $sha256, $applied_at_us)
