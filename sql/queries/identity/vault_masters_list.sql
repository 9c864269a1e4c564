-- Every version of the master key, with how many data keys it wraps.
-- kind: many
-- column: version i64
-- column: created_at_us i64
-- column: retired_at_us i64
-- column: key_count i64
SELECT m.version, m.created_at_us, m.retired_at_us,
       (SELECT count(*) FROM vault_keys AS k WHERE k.master_version = m.version) AS key_count
FROM vault_masters AS m
ORDER BY m.version
