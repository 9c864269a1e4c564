-- Signed checkpoints of the Merkle log (docs/formats.md). Written only by src/ledger/checkpoint*.c.

-- epoch 1 is the first life of this log; each restore of a backup begins the next. size: leaves that
-- were in the log when the epoch began.
CREATE TABLE log_epochs (
    epoch       bigint PRIMARY KEY CHECK (epoch > 0),
    size        bigint NOT NULL,
    began_at_us bigint NOT NULL
);
INSERT INTO log_epochs (epoch, size, began_at_us) VALUES (1, 0, 0);

-- note: the whole signed note, as it is served. Old ones are thinned out: receipts carry their own.
CREATE TABLE log_checkpoints (
    epoch   bigint NOT NULL,
    size    bigint NOT NULL,
    root    bytea NOT NULL,
    note    text NOT NULL,
    PRIMARY KEY (epoch, size)
);

-- line: a witness's signature line, with its newline.
CREATE TABLE log_cosignatures (
    epoch   bigint NOT NULL,
    size    bigint NOT NULL,
    witness text NOT NULL,
    line    text NOT NULL,
    PRIMARY KEY (epoch, size, witness)
);

-- Public keys of the log, oldest first; the secrets are files of the data directory. rotation: the note
-- by which the key before passed on to this one. The newest key signs.
CREATE TABLE log_keys (
    key_number     bigint PRIMARY KEY CHECK (key_number > 0),
    verifier_key   text NOT NULL,
    rotation       text,
    valid_from_us  bigint NOT NULL,
    valid_until_us bigint
);
