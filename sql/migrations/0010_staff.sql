-- Staff: who works in the console and what they may do. Roles are data; what a role includes is a row.
-- Approvals: proposals that a second person decides (src/identity/approvals.h).

CREATE TABLE roles (
    role         TEXT NOT NULL PRIMARY KEY,
    capabilities INTEGER NOT NULL,  -- bits, enum staff_capability in src/identity/staff.h
    title_en     TEXT NOT NULL,
    title_zh     TEXT NOT NULL
) STRICT;
INSERT INTO roles (role, capabilities, title_en, title_zh) VALUES
    ('agent',      11,   'Support agent',     '客服专员'),
    ('reviewer',   31,   'Identity reviewer', '身份审核员'),
    ('risk',       111,  'Risk analyst',      '风控专员'),
    ('compliance', 1255, 'Compliance',        '合规专员'),
    ('supervisor', 1439, 'Supervisor',        '主管'),
    ('admin',      896,  'Administrator',     '管理员'),
    ('auditor',    1280, 'Auditor',           '审计员');

CREATE TABLE staff_members (
    person_id       INTEGER NOT NULL PRIMARY KEY,
    human_index     BLOB NOT NULL,   -- blind index of the personnel number: two accounts, one human
    name_sealed     BLOB NOT NULL,
    invited_by      INTEGER NOT NULL,   -- a person of kind staff; 0: the operator
    invited_at_us   INTEGER NOT NULL,
    enrol_hash      BLOB,            -- SHA-256 of the one-time secret; NULL once used
    enrol_until_us  INTEGER NOT NULL,
    enrolled_at_us  INTEGER NOT NULL,   -- 0: not yet; counts from the second factor
    disabled_at_us  INTEGER NOT NULL,   -- 0: not
    disabled_by     INTEGER NOT NULL,
    changed_at_us   INTEGER NOT NULL    -- roles or state; sessions begun earlier are ended
) STRICT;
-- One account per human that works.
CREATE UNIQUE INDEX staff_members_one_human ON staff_members (human_index) WHERE disabled_at_us = 0;
CREATE UNIQUE INDEX staff_members_enrolment ON staff_members (enrol_hash) WHERE enrol_hash IS NOT NULL;

CREATE TABLE staff_roles (
    person_id  INTEGER NOT NULL,
    role       TEXT NOT NULL,
    given_by   INTEGER NOT NULL,  -- who decided it; 0: the operator
    given_at_us INTEGER NOT NULL,
    PRIMARY KEY (person_id, role)
) STRICT, WITHOUT ROWID;

-- One row; whoever changes staff holds it, so that two changes at once cannot each leave the other as
-- the last administrator.
CREATE TABLE staff_guard (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    changes INTEGER NOT NULL
) STRICT;
INSERT INTO staff_guard (one, changes) VALUES (1, 0);

CREATE TABLE approvals (
    approval_id     INTEGER NOT NULL PRIMARY KEY CHECK (approval_id > 0),
    kind            TEXT NOT NULL,   -- a name of the executor table
    subject_id      INTEGER NOT NULL,   -- what it is about: a lock, a person
    payload         TEXT NOT NULL,   -- canonical lines name=value, sorted; no personal data
    maker           INTEGER NOT NULL,   -- a person of kind staff
    reason_sealed   BLOB NOT NULL,   -- of the maker, under the maker's key
    created_at_us   INTEGER NOT NULL,
    expires_at_us   INTEGER NOT NULL,   -- from then on nobody can decide it
    state           INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
    decider         INTEGER NOT NULL,   -- 0: nobody
    decided_at_us   INTEGER NOT NULL,   -- 0: not
    verdict_sealed  BLOB,            -- the decider's reason, under the decider's key
    CHECK (decider = 0 OR decider <> maker),
    CHECK ((state = 1) = (decided_at_us = 0))
) STRICT;
-- One open proposal about a thing.
CREATE UNIQUE INDEX approvals_open ON approvals (kind, subject_id) WHERE state = 1;
CREATE INDEX approvals_by_maker ON approvals (maker, approval_id);
