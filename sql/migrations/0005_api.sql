-- Idempotency keys: what was asked under a key, and the answer it got. Written in the transaction
-- that did the work, kept for ever: the same key never does the work twice.

CREATE TABLE idempotency_keys (
    owner         INTEGER NOT NULL,  -- the API key that asked
    key           TEXT NOT NULL,
    method        TEXT NOT NULL,
    path_hash     BLOB NOT NULL,
    body_hash     BLOB NOT NULL,
    status        INTEGER NOT NULL,  -- 0 within the transaction only, until the answer is known
    encoding      INTEGER NOT NULL,  -- of answer: 0 as it is, 1 deflated, 2 sealed (src/api/idempotency.c)
    answer        BLOB NOT NULL,
    created_at_us INTEGER NOT NULL,
    PRIMARY KEY (key, owner)
) STRICT;
