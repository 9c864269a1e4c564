-- Who looked at whose data (docs/vault.md). Written only by src/identity/access*.c and
-- src/main/access_seal.c.

-- Each look by staff: a hash chain, so that a row that is changed, removed or moved shows.
CREATE TABLE access_log (
    seq           INTEGER PRIMARY KEY CHECK (seq > 0),  -- 1, 2, 3 …
    staff_id      INTEGER NOT NULL,
    person_id     INTEGER NOT NULL,  -- whose data
    classes       INTEGER NOT NULL,  -- bits of enum vault_class
    why           INTEGER NOT NULL,  -- enum access_why
    reason_sealed BLOB NOT NULL,     -- in the staff's words, under the person's key
    at_us         INTEGER NOT NULL,
    previous_hash BLOB NOT NULL,     -- 32 zero bytes in the first row
    hash          BLOB NOT NULL
) STRICT;
CREATE INDEX access_log_person ON access_log (person_id, seq);
CREATE INDEX access_log_staff ON access_log (staff_id, seq);

-- The newest row of the chain; one row, locked by whoever appends.
CREATE TABLE access_head (
    access_head_id INTEGER PRIMARY KEY CHECK (access_head_id = 1),
    seq            INTEGER NOT NULL,
    hash           BLOB NOT NULL
) STRICT;
INSERT INTO access_head (access_head_id, seq, hash)
VALUES (1, 0, X'0000000000000000000000000000000000000000000000000000000000000000');

-- The chain's head, signed from time to time by the key that signs the Merkle log, together with the
-- size of that log at the time.
CREATE TABLE access_seals (
    seq   INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    note  TEXT NOT NULL
) STRICT;

-- The wallet's own readings, counted.
CREATE TABLE access_counts (
    person_id INTEGER NOT NULL,
    day       INTEGER NOT NULL,  -- days since 1970, UTC
    purpose   INTEGER NOT NULL,  -- enum vault_purpose
    openings  INTEGER NOT NULL,
    PRIMARY KEY (person_id, day, purpose)
) STRICT;
