-- Staff: who works in the console and what they may do. Roles are data; what a role includes is a row.
-- Approvals: proposals that a second person decides (src/identity/approvals.h).

CREATE TABLE roles (
    role         text NOT NULL PRIMARY KEY,
    capabilities bigint NOT NULL,  -- bits, enum staff_capability in src/identity/staff.h
    title_en     text NOT NULL,
    title_zh     text NOT NULL
);
INSERT INTO roles (role, capabilities, title_en, title_zh) VALUES
    ('agent',      11,   'Support agent',     '客服专员'),
    ('reviewer',   31,   'Identity reviewer', '身份审核员'),
    ('risk',       111,  'Risk analyst',      '风控专员'),
    ('compliance', 1255, 'Compliance',        '合规专员'),
    ('supervisor', 1439, 'Supervisor',        '主管'),
    ('admin',      896,  'Administrator',     '管理员'),
    ('auditor',    1280, 'Auditor',           '审计员');

CREATE TABLE staff_members (
    person_id       bigint NOT NULL PRIMARY KEY,
    human_index     bytea NOT NULL,   -- blind index of the personnel number: two accounts, one human
    name_sealed     bytea NOT NULL,
    invited_by      bigint NOT NULL,   -- a person of kind staff; 0: the operator
    invited_at_us   bigint NOT NULL,
    enrol_hash      bytea,            -- SHA-256 of the one-time secret; NULL once used
    enrol_until_us  bigint NOT NULL,
    enrolled_at_us  bigint NOT NULL,   -- 0: not yet; counts from the second factor
    disabled_at_us  bigint NOT NULL,   -- 0: not
    disabled_by     bigint NOT NULL,
    changed_at_us   bigint NOT NULL    -- roles or state; sessions begun earlier are ended
);
-- One account per human that works.
CREATE UNIQUE INDEX staff_members_one_human ON staff_members (human_index) WHERE disabled_at_us = 0;
CREATE UNIQUE INDEX staff_members_enrolment ON staff_members (enrol_hash) WHERE enrol_hash IS NOT NULL;

CREATE TABLE staff_roles (
    person_id  bigint NOT NULL,
    role       text NOT NULL,
    given_by   bigint NOT NULL,  -- who decided it; 0: the operator
    given_at_us bigint NOT NULL,
    PRIMARY KEY (person_id, role)
);

-- One row; whoever changes staff holds it, so that two changes at once cannot each leave the other as
-- the last administrator.
CREATE TABLE staff_guard (
    one     bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    changes bigint NOT NULL
);
INSERT INTO staff_guard (one, changes) VALUES (1, 0);

CREATE TABLE approvals (
    approval_id     bigint NOT NULL PRIMARY KEY CHECK (approval_id > 0),
    kind            text NOT NULL,   -- a name of the executor table
    subject_id      bigint NOT NULL,   -- what it is about: a lock, a person
    payload         text NOT NULL,   -- canonical lines name=value, sorted; no personal data
    maker           bigint NOT NULL,   -- a person of kind staff
    reason_sealed   bytea NOT NULL,   -- of the maker, under the maker's key
    created_at_us   bigint NOT NULL,
    expires_at_us   bigint NOT NULL,   -- from then on nobody can decide it
    state           bigint NOT NULL CHECK (state BETWEEN 1 AND 5),
    decider         bigint NOT NULL,   -- 0: nobody
    decided_at_us   bigint NOT NULL,   -- 0: not
    verdict_sealed  bytea,            -- the decider's reason, under the decider's key
    CHECK (decider = 0 OR decider <> maker),
    CHECK ((state = 1) = (decided_at_us = 0))
);
-- One open proposal about a thing.
CREATE UNIQUE INDEX approvals_open ON approvals (kind, subject_id) WHERE state = 1;
CREATE INDEX approvals_by_maker ON approvals (maker, approval_id);
