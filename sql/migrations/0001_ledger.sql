-- The ledger's tables on SQLite. docs/ledger.md explains them; only src/ledger writes them.
--
-- Money is never edited here: transfers, failures, marks, segments and tiles are appended; a hold is
-- updated once, when it resolves; the state columns of accounts are a checkpoint as of `seq`, behind
-- which the account's newest transfers may lie (docs/decisions/0006).

CREATE TABLE accounts (
    account_id        INTEGER PRIMARY KEY CHECK (account_id > 0),
    -- fixed at opening, bound by opening_hash
    owner             INTEGER NOT NULL,
    kind              INTEGER NOT NULL,
    currency          INTEGER NOT NULL,
    flags             INTEGER NOT NULL,  -- the limit flags; closing is the column `closed`
    overdraft_minor   INTEGER NOT NULL,
    balance_max_minor INTEGER NOT NULL,
    created_at_us     INTEGER NOT NULL,
    salt              BLOB NOT NULL,
    opening_hash      BLOB NOT NULL,
    segment_id        INTEGER NOT NULL,  -- of the log leaf that is its opening
    -- state as of seq
    debits_posted     INTEGER NOT NULL,
    credits_posted    INTEGER NOT NULL,
    debits_pending    INTEGER NOT NULL,
    credits_pending   INTEGER NOT NULL,
    seq               INTEGER NOT NULL,
    last_transfer_id  INTEGER NOT NULL,  -- 0: none
    closed            INTEGER NOT NULL,
    head              BLOB NOT NULL      -- side hash of entry `seq`, or opening_hash
) STRICT;
CREATE INDEX accounts_by_owner ON accounts (owner, account_id) WHERE owner <> 0;

-- One row a transfer, both sides in it. "After" means: as it stood after this transfer.
CREATE TABLE transfers (
    transfer_id               INTEGER PRIMARY KEY CHECK (transfer_id > 0),
    debit_account_id          INTEGER NOT NULL,
    credit_account_id         INTEGER NOT NULL,
    amount_minor              INTEGER NOT NULL,  -- what moved, was held, captured or released
    currency                  INTEGER NOT NULL,
    code                      INTEGER NOT NULL,
    flags                     INTEGER NOT NULL,
    pending_id                INTEGER NOT NULL,  -- 0: none
    expires_at_us             INTEGER NOT NULL,  -- 0: never
    reference                 INTEGER NOT NULL,
    commitment                BLOB,              -- 32 bytes or NULL
    created_at_us             INTEGER NOT NULL,
    segment_id                INTEGER NOT NULL,
    debit_seq                 INTEGER NOT NULL,
    debit_prev_id             INTEGER NOT NULL,  -- the transfer before on that account, 0: none
    debit_posted_minor        INTEGER NOT NULL,  -- credits posted - debits posted, after
    debit_held_debits_minor   INTEGER NOT NULL,
    debit_held_credits_minor  INTEGER NOT NULL,
    debit_hash                BLOB NOT NULL,
    credit_seq                INTEGER NOT NULL,
    credit_prev_id            INTEGER NOT NULL,
    credit_posted_minor       INTEGER NOT NULL,
    credit_held_debits_minor  INTEGER NOT NULL,
    credit_held_credits_minor INTEGER NOT NULL,
    credit_hash               BLOB NOT NULL
) STRICT;

-- Ids that failed by a verdict of the state machine and therefore never succeed. `content` is what was
-- asked, `record_hash` binds the whole row (docs/formats.md, type 0x14). No id is also in transfers.
CREATE TABLE transfer_failures (
    transfer_id   INTEGER PRIMARY KEY CHECK (transfer_id > 0),
    code          INTEGER NOT NULL,  -- number in api/errors.yaml
    created_at_us INTEGER NOT NULL,
    content       BLOB NOT NULL,
    record_hash   BLOB NOT NULL
) STRICT;

-- One row a hold, updated once. state: 0 open, 1 posted, 2 voided, 3 expired.
CREATE TABLE holds (
    hold_id        INTEGER PRIMARY KEY CHECK (hold_id > 0),
    expires_at_us  INTEGER NOT NULL,  -- 0: never
    state          INTEGER NOT NULL,
    resolved_by    INTEGER,           -- the transfer that resolved it; NULL while open
    captured_minor INTEGER NOT NULL   -- of the hold's amount; the rest was released
) STRICT;
CREATE INDEX holds_open ON holds (expires_at_us, hold_id) WHERE resolved_by IS NULL;

-- Every 64th entry of an account: where to jump in a walk back over the previous transfer's id.
CREATE TABLE account_marks (
    account_id    INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    transfer_id   INTEGER NOT NULL,
    created_at_us INTEGER NOT NULL,
    PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

-- The Merkle log in commit order: one segment a commit group. leaf_refs: 9 bytes a leaf, the type byte
-- (0x12 transfer, 0x13 account opening) and the id, big-endian. The leaf at position p of a segment has
-- the log index first_index + p.
CREATE TABLE log_segments (
    segment_id    INTEGER PRIMARY KEY CHECK (segment_id > 0),
    first_index   INTEGER NOT NULL UNIQUE,
    leaf_count    INTEGER NOT NULL,
    leaf_refs     BLOB NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT;

-- Full tiles only, 256 hashes of 32 bytes: level 0 holds leaf hashes, level n the roots of full tiles
-- of level n - 1 (C2SP tlog-tiles). The unfinished right edge is recomputed from the segments.
CREATE TABLE log_tiles (
    level      INTEGER NOT NULL,
    tile_index INTEGER NOT NULL,
    hashes     BLOB NOT NULL,
    PRIMARY KEY (level, tile_index)
) STRICT;

-- fold_from_index: every account row holds at least the entries of the leaves before this index.
CREATE TABLE log_state (
    log_state_id    INTEGER PRIMARY KEY CHECK (log_state_id = 1),
    fold_from_index INTEGER NOT NULL
) STRICT;
INSERT INTO log_state (log_state_id, fold_from_index) VALUES (1, 0);
