-- The vault's keys, all of them wrapped (docs/vault.md). Written only by src/identity/vault*.c.

-- Versions of the master key. The key itself is in a file of the data directory or in a PKCS#11 token.
CREATE TABLE vault_masters (
    version       bigint NOT NULL PRIMARY KEY CHECK (version > 0),
    created_at_us bigint NOT NULL,
    retired_at_us bigint NOT NULL  -- 0: rows may be wrapped by it; else no row is
);

-- A person's data key. Erasing a person empties `wrapped`; the row stays, so that the id is not
-- given a new key by mistake.
CREATE TABLE vault_keys (
    person_id      bigint NOT NULL PRIMARY KEY CHECK (person_id > 0),
    master_version bigint NOT NULL,
    wrapped        bytea NOT NULL,     -- empty: erased
    created_at_us  bigint NOT NULL,
    erased_at_us   bigint NOT NULL   -- 0: it is there
);
CREATE INDEX vault_keys_master ON vault_keys (master_version, person_id);

-- Root secrets that no person owns: of blind indexes ("index") and of keyed hashes ("mac").
CREATE TABLE vault_roots (
    name           text NOT NULL,
    master_version bigint NOT NULL,
    wrapped        bytea NOT NULL,
    created_at_us  bigint NOT NULL,
    PRIMARY KEY (name)
);
