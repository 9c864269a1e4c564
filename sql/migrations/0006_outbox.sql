-- News on its way to people (src/store/outbox.h). A row is written in the transaction that made the news.
-- Once handled its payload is emptied; the row stays for a while so that the same news is not told twice.

CREATE TABLE outbox (
    outbox_id        INTEGER NOT NULL CHECK (outbox_id > 0),
    person_id        INTEGER NOT NULL CHECK (person_id > 0),
    contact_id       INTEGER NOT NULL,  -- 0: as topic and preferences say; else this address only
    topic            TEXT NOT NULL,
    dedupe_key       TEXT NOT NULL,
    payload_sealed   BLOB NOT NULL,
    created_at_us    INTEGER NOT NULL,
    due_at_us        INTEGER NOT NULL,  -- not before; moved ahead when handling failed
    expires_at_us    INTEGER NOT NULL,  -- worthless from then on; 0: never
    attempts         INTEGER NOT NULL,  -- claims so far
    claim            INTEGER NOT NULL,  -- who works on it; 0: nobody
    claimed_until_us INTEGER NOT NULL,
    handled_at_us    INTEGER NOT NULL,  -- 0: not yet
    PRIMARY KEY (person_id, outbox_id),
    UNIQUE (person_id, topic, dedupe_key)
) STRICT;

CREATE INDEX outbox_waiting ON outbox (due_at_us, outbox_id) WHERE handled_at_us = 0;
CREATE INDEX outbox_handled ON outbox (handled_at_us) WHERE handled_at_us > 0;

-- How far somebody has followed a numbered sequence (a log): moved in the transaction that acted on what
-- lay between, so that each step is acted on once.
CREATE TABLE store_cursors (
    name     TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;
