-- Signed checkpoints of the Merkle log (docs/formats.md). Written only by src/ledger/checkpoint*.c.

-- epoch 1 is the first life of this log; each restore of a backup begins the next. size: leaves that
-- were in the log when the epoch began.
CREATE TABLE log_epochs (
    epoch       INTEGER PRIMARY KEY CHECK (epoch > 0),
    size        INTEGER NOT NULL,
    began_at_us INTEGER NOT NULL
) STRICT;
INSERT INTO log_epochs (epoch, size, began_at_us) VALUES (1, 0, 0);

-- note: the whole signed note, as it is served. Old ones are thinned out: receipts carry their own.
CREATE TABLE log_checkpoints (
    epoch   INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    root    BLOB NOT NULL,
    note    TEXT NOT NULL,
    PRIMARY KEY (epoch, size)
) STRICT;

-- line: a witness's signature line, with its newline.
CREATE TABLE log_cosignatures (
    epoch   INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    witness TEXT NOT NULL,
    line    TEXT NOT NULL,
    PRIMARY KEY (epoch, size, witness)
) STRICT;

-- Public keys of the log, oldest first; the secrets are files of the data directory. rotation: the note
-- by which the key before passed on to this one. The newest key signs.
CREATE TABLE log_keys (
    key_number     INTEGER PRIMARY KEY CHECK (key_number > 0),
    verifier_key   TEXT NOT NULL,
    rotation       TEXT,
    valid_from_us  INTEGER NOT NULL,
    valid_until_us INTEGER
) STRICT;
