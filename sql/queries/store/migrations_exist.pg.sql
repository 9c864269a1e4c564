-- The table as this connection's search path would find it.
SELECT count(*) AS count FROM pg_catalog.pg_class
WHERE oid = pg_catalog.to_regclass('schema_migrations')
