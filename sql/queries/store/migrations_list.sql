-- What was applied, to find what is missing and what was edited.
-- kind: many
-- column: number i64
-- column: sha256 text
SELECT number, sha256 FROM schema_migrations ORDER BY number
