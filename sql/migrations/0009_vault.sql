-- The vault's keys, all of them wrapped (docs/vault.md). Written only by src/identity/vault*.c.

-- Versions of the master key. The key itself is in a file of the data directory or in a PKCS#11 token.
CREATE TABLE vault_masters (
    version       INTEGER PRIMARY KEY CHECK (version > 0),
    created_at_us INTEGER NOT NULL,
    retired_at_us INTEGER NOT NULL  -- 0: rows may be wrapped by it; else no row is
) STRICT;

-- A person's data key. Erasing a person empties `wrapped`; the row stays, so that the id is not
-- given a new key by mistake.
CREATE TABLE vault_keys (
    person_id      INTEGER PRIMARY KEY CHECK (person_id > 0),
    master_version INTEGER NOT NULL,
    wrapped        BLOB NOT NULL,     -- empty: erased
    created_at_us  INTEGER NOT NULL,
    erased_at_us   INTEGER NOT NULL   -- 0: it is there
) STRICT;
CREATE INDEX vault_keys_master ON vault_keys (master_version, person_id);

-- Root secrets that no person owns: of blind indexes ("index") and of keyed hashes ("mac").
CREATE TABLE vault_roots (
    name           TEXT NOT NULL,
    master_version INTEGER NOT NULL,
    wrapped        BLOB NOT NULL,
    created_at_us  INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT;
