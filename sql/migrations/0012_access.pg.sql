-- Who looked at whose data (docs/vault.md). Written only by src/identity/access*.c and
-- src/main/access_seal.c.

-- Each look by staff: a hash chain, so that a row that is changed, removed or moved shows.
CREATE TABLE access_log (
    seq           BIGINT PRIMARY KEY CHECK (seq > 0),  -- 1, 2, 3 …
    staff_id      BIGINT NOT NULL,
    person_id     BIGINT NOT NULL,  -- whose data
    classes       BIGINT NOT NULL,  -- bits of enum vault_class
    why           BIGINT NOT NULL,  -- enum access_why
    reason_sealed BYTEA NOT NULL,     -- in the staff's words, under the person's key
    at_us         BIGINT NOT NULL,
    previous_hash BYTEA NOT NULL,     -- 32 zero bytes in the first row
    hash          BYTEA NOT NULL
);
CREATE INDEX access_log_person ON access_log (person_id, seq);
CREATE INDEX access_log_staff ON access_log (staff_id, seq);

-- The newest row of the chain; one row, locked by whoever appends.
CREATE TABLE access_head (
    access_head_id BIGINT PRIMARY KEY CHECK (access_head_id = 1),
    seq            BIGINT NOT NULL,
    hash           BYTEA NOT NULL
);
INSERT INTO access_head (access_head_id, seq, hash)
VALUES (1, 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

-- The chain's head, signed from time to time by the key that signs the Merkle log, together with the
-- size of that log at the time.
CREATE TABLE access_seals (
    seq   BIGINT PRIMARY KEY,
    at_us BIGINT NOT NULL,
    note  TEXT NOT NULL
);

-- The wallet's own readings, counted.
CREATE TABLE access_counts (
    person_id BIGINT NOT NULL,
    day       BIGINT NOT NULL,  -- days since 1970, UTC
    purpose   BIGINT NOT NULL,  -- enum vault_purpose
    openings  BIGINT NOT NULL,
    PRIMARY KEY (person_id, day, purpose)
);
