-- The same.
CREATE TABLE things (
    id BIGINT PRIMARY KEY, amount BIGINT, label TEXT NOT NULL, payload BYTEA, digest BYTEA NOT NULL,
    digest_opt BYTEA, CHECK (amount >= 0))
