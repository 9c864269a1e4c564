-- The ledger's tables on PostgreSQL. docs/ledger.md explains them; only src/ledger writes them.
--
-- Where SQLite keeps one row a transfer with both sides, here each side is a row of entries under
-- (account_id, seq), so that accounts can be spread over servers. The state columns of accounts are
-- current, and `seq` is the version that optimistic writers compare (docs/decisions/0003).

CREATE TABLE accounts (
    account_id         bigint NOT NULL PRIMARY KEY CHECK (account_id > 0),
    -- fixed at opening, bound by opening_hash
    owner              bigint NOT NULL,
    kind               bigint NOT NULL,
    currency           bigint NOT NULL,
    flags              bigint NOT NULL,  -- the limit flags; closing is the column `closed`
    overdraft_minor    bigint NOT NULL,
    balance_max_minor  bigint NOT NULL,
    created_at_us      bigint NOT NULL,
    salt               bytea NOT NULL,
    opening_hash       bytea NOT NULL,
    segment_id         bigint NOT NULL,  -- of the log leaf that is its opening
    -- state now
    debits_posted      bigint NOT NULL,
    credits_posted     bigint NOT NULL,
    debits_pending     bigint NOT NULL,
    credits_pending    bigint NOT NULL,
    seq                bigint NOT NULL,
    last_transfer_id   bigint NOT NULL,  -- 0: none
    closed             bigint NOT NULL,
    head               bytea NOT NULL,   -- side hash of entry `seq`, or opening_hash
    last_created_at_us bigint NOT NULL   -- of the last entry, or of the opening: times never go back
) WITH (fillfactor = 60);
CREATE INDEX accounts_by_owner ON accounts (owner, account_id) WHERE owner <> 0;

CREATE TABLE transfers (
    transfer_id       bigint NOT NULL PRIMARY KEY CHECK (transfer_id > 0),
    debit_account_id  bigint NOT NULL,
    credit_account_id bigint NOT NULL,
    amount_minor      bigint NOT NULL,  -- what moved, was held, captured or released
    currency          bigint NOT NULL,
    code              bigint NOT NULL,
    flags             bigint NOT NULL,
    pending_id        bigint NOT NULL,  -- 0: none
    expires_at_us     bigint NOT NULL,  -- 0: never
    reference         bigint NOT NULL,
    commitment        bytea,            -- 32 bytes or NULL
    created_at_us     bigint NOT NULL,
    segment_id        bigint NOT NULL,
    debit_seq         bigint NOT NULL,  -- key of the two rows in entries
    credit_seq        bigint NOT NULL
);

-- One row a side. "After" means: as it stood after this transfer.
CREATE TABLE entries (
    account_id         bigint NOT NULL,
    seq                bigint NOT NULL,
    transfer_id        bigint NOT NULL,
    side               bigint NOT NULL,  -- 1 debit, 2 credit
    prev_id            bigint NOT NULL,  -- the transfer before on this account, 0: none
    posted_minor       bigint NOT NULL,  -- credits posted - debits posted, after
    held_debits_minor  bigint NOT NULL,
    held_credits_minor bigint NOT NULL,
    hash               bytea NOT NULL,
    PRIMARY KEY (account_id, seq)
);

-- Ids that failed by a verdict of the state machine and therefore never succeed. `content` is what was
-- asked, `record_hash` binds the whole row (docs/formats.md, type 0x14). No id is also in transfers.
CREATE TABLE transfer_failures (
    transfer_id   bigint NOT NULL PRIMARY KEY CHECK (transfer_id > 0),
    code          bigint NOT NULL,  -- number in api/errors.yaml
    created_at_us bigint NOT NULL,
    content       bytea NOT NULL,
    record_hash   bytea NOT NULL
);

-- One row a hold, updated once. state: 0 open, 1 posted, 2 voided, 3 expired.
CREATE TABLE holds (
    hold_id        bigint NOT NULL PRIMARY KEY CHECK (hold_id > 0),
    expires_at_us  bigint NOT NULL,  -- 0: never
    state          bigint NOT NULL,
    resolved_by    bigint,           -- the transfer that resolved it; NULL while open
    captured_minor bigint NOT NULL   -- of the hold's amount; the rest was released
);
CREATE INDEX holds_open ON holds (expires_at_us, hold_id) WHERE resolved_by IS NULL;

-- One segment a commit group. leaf_refs: 9 bytes a leaf, the type byte (0x12 transfer, 0x13 account
-- opening) and the id, big-endian. first_index and the emptied leaf_hashes (32 bytes a leaf) are the
-- sealer's work: until then the segment has no place in the log (docs/decisions/0002).
CREATE TABLE log_segments (
    segment_id    bigint NOT NULL PRIMARY KEY CHECK (segment_id > 0),
    first_index   bigint UNIQUE,
    leaf_count    bigint NOT NULL,
    leaf_refs     bytea NOT NULL,
    leaf_hashes   bytea,
    created_at_us bigint NOT NULL
);
CREATE INDEX log_segments_unsealed ON log_segments (segment_id) WHERE first_index IS NULL;

-- Full tiles only, 256 hashes of 32 bytes: level 0 holds leaf hashes, level n the roots of full tiles
-- of level n - 1 (C2SP tlog-tiles).
CREATE TABLE log_tiles (
    level      bigint NOT NULL,
    tile_index bigint NOT NULL,
    hashes     bytea NOT NULL,
    PRIMARY KEY (level, tile_index)
);

-- The sealed log. edge: the hashes of the unfinished tile of each level, level 0 first, each as many as
-- `size` says: (size >> 8 * level) & 255. A sealer replaces the row only where size is what it read.
CREATE TABLE log_state (
    log_state_id bigint NOT NULL PRIMARY KEY CHECK (log_state_id = 1),
    size         bigint NOT NULL,
    edge         bytea NOT NULL
);
INSERT INTO log_state (log_state_id, size, edge) VALUES (1, 0, '');
