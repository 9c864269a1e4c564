-- The store's own tables: which migrations were applied, and who holds a singleton's lease.

CREATE TABLE schema_migrations (
    number        INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    sha256        TEXT NOT NULL,  -- of the migration's text, lower-case hex
    applied_at_us INTEGER NOT NULL
) STRICT;

-- A lease is held until expires_at_us. `fence` grows with each change of holder: a holder that was
-- paused for too long finds another number and must not write.
CREATE TABLE store_leases (
    name          TEXT NOT NULL PRIMARY KEY,
    holder        INTEGER NOT NULL,
    fence         INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL
) STRICT;
