-- Idempotency keys: what was asked under a key, and the answer it got. Written in the transaction
-- that did the work, kept for ever: the same key never does the work twice.

CREATE TABLE idempotency_keys (
    owner         bigint NOT NULL,  -- the API key that asked
    key           text NOT NULL,
    method        text NOT NULL,
    path_hash     bytea NOT NULL,
    body_hash     bytea NOT NULL,
    status        bigint NOT NULL,  -- 0 within the transaction only, until the answer is known
    encoding      bigint NOT NULL,  -- of answer: 0 as it is, 1 deflated, 2 sealed (src/api/idempotency.c)
    answer        bytea NOT NULL,
    created_at_us bigint NOT NULL,
    PRIMARY KEY (key, owner)
);
