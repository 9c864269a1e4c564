-- The table most tests write to.
-- kind: exec
CREATE TABLE things (
    id INTEGER PRIMARY KEY, amount INTEGER, label TEXT NOT NULL, payload BLOB, digest BLOB NOT NULL,
    digest_opt BLOB, CHECK (amount >= 0)) STRICT
