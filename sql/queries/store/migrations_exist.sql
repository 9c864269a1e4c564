-- Whether the table of applied migrations is there: not in an empty database.
-- kind: many
-- column: count i64
SELECT count(name) AS count FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'
