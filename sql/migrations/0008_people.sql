-- People and how they get in. Columns ending in _sealed are envelopes of the vault, those ending in
-- _index blind indexes (docs/identity.md); nothing here tells who somebody is.

CREATE TABLE people (
    person_id       INTEGER PRIMARY KEY CHECK (person_id > 0),
    kind            INTEGER NOT NULL,  -- 1 consumer, 2 staff
    state           INTEGER NOT NULL,  -- 1 pending, 2 active, 3 closing, 4 erased
    language        INTEGER NOT NULL,  -- of messages: 0 en, 1 zh
    steps_done      INTEGER NOT NULL,  -- bits, see src/identity/signup.h
    steps_skipped   INTEGER NOT NULL,
    created_at_us   INTEGER NOT NULL,
    state_at_us     INTEGER NOT NULL   -- when it came into this state
) STRICT;

CREATE TABLE person_contacts (
    contact_id      INTEGER PRIMARY KEY CHECK (contact_id > 0),
    person_id       INTEGER NOT NULL,
    kind            INTEGER NOT NULL,  -- of the person
    channel         INTEGER NOT NULL,  -- 1 phone, 2 e-mail
    state           INTEGER NOT NULL,  -- 1 claimed, 2 in use, 3 gone
    value_sealed    BLOB NOT NULL,
    value_index     BLOB,              -- NULL once it is gone
    created_at_us   INTEGER NOT NULL,
    confirmed_at_us INTEGER NOT NULL,  -- 0: never
    ended_at_us     INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX person_contacts_by_person ON person_contacts (person_id);
-- One person a contact; many may claim it until somebody shows that it is theirs.
CREATE UNIQUE INDEX person_contacts_by_value ON person_contacts (kind, channel, value_index)
    WHERE state = 2;

CREATE TABLE passwords (
    person_id       INTEGER PRIMARY KEY,
    hash            TEXT NOT NULL,     -- argon2id over the peppered password
    changed_at_us   INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    device_id        INTEGER PRIMARY KEY CHECK (device_id > 0),
    person_id        INTEGER NOT NULL,
    token_hash       BLOB NOT NULL,
    name             TEXT NOT NULL,     -- program and system, never the whole User-Agent
    first_seen_at_us INTEGER NOT NULL,
    last_seen_at_us  INTEGER NOT NULL,
    forgotten_at_us  INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX devices_by_person ON devices (person_id);
CREATE UNIQUE INDEX devices_by_token ON devices (token_hash);

CREATE TABLE sessions (
    session_id          INTEGER PRIMARY KEY CHECK (session_id > 0),
    token_hash          BLOB NOT NULL,
    person_id           INTEGER NOT NULL,
    kind                INTEGER NOT NULL,  -- of the person
    level               INTEGER NOT NULL,  -- 1 full, 2 locked, 4 signing up, 8 signing in
    capabilities        INTEGER NOT NULL,  -- bits, of staff
    methods             INTEGER NOT NULL,  -- bits: how it was authenticated
    device_id           INTEGER NOT NULL,  -- 0: none
    place               TEXT NOT NULL,     -- country, 'local', or '' when unknown
    created_at_us       INTEGER NOT NULL,
    authenticated_at_us INTEGER NOT NULL,
    last_used_at_us     INTEGER NOT NULL,  -- to the minute
    expires_at_us       INTEGER NOT NULL,  -- whatever is done with it
    ended_at_us         INTEGER NOT NULL,  -- 0: not
    ended_why           INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sessions_by_token ON sessions (token_hash);
CREATE INDEX sessions_by_person ON sessions (person_id, ended_at_us);

CREATE TABLE one_time_codes (
    code_id         INTEGER PRIMARY KEY CHECK (code_id > 0),
    person_id       INTEGER NOT NULL,
    purpose         INTEGER NOT NULL,
    subject_id      INTEGER NOT NULL,  -- what it is for: a contact, a card, a recovery
    code_hash       BLOB NOT NULL,     -- keyed, over the code with its id, purpose and subject
    tries           INTEGER NOT NULL,
    created_at_us   INTEGER NOT NULL,
    expires_at_us   INTEGER NOT NULL,
    used_at_us      INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX one_time_codes_by_subject ON one_time_codes (person_id, purpose, subject_id, code_id);

-- How often something was tried: wrong passwords by person and by address, codes sent by contact
-- and by address. `subject` is a keyed hash.
CREATE TABLE attempts (
    kind            INTEGER NOT NULL,
    subject         BLOB NOT NULL,
    count           INTEGER NOT NULL,
    since_us        INTEGER NOT NULL,  -- when the window began
    last_at_us      INTEGER NOT NULL,
    paused_until_us INTEGER NOT NULL,  -- 0: not
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_age ON attempts (last_at_us);
