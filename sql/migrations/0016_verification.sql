-- How people were confirmed: questions to providers, what they led to, reviews by staff, bank cards.
-- Columns ending in _sealed are envelopes of the vault, those ending in _index blind indexes.

CREATE TABLE verifications (
    verification_id  INTEGER PRIMARY KEY CHECK (verification_id > 0),
    person_id        INTEGER NOT NULL,
    check_kind       INTEGER NOT NULL,  -- 1 name and id, 2 phone, 3 card, 4 in person
    subject_id       INTEGER NOT NULL,  -- the contact or the card; 0: none
    state            INTEGER NOT NULL,  -- 1 checking, 2 passed, 3 failed, 4 in review
    fault            INTEGER NOT NULL,  -- why it failed, see src/identity/verification.h
    id_kind          INTEGER NOT NULL,  -- with check 1; else 0
    name_sealed      BLOB,              -- with check 1
    id_number_sealed BLOB,
    id_number_index  BLOB,
    reference        TEXT NOT NULL,     -- the provider's own number
    attempts         INTEGER NOT NULL,
    next_ask_at_us   INTEGER NOT NULL,  -- 0: not to be asked
    created_at_us    INTEGER NOT NULL,
    decided_at_us    INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX verifications_by_person ON verifications (person_id, verification_id);
CREATE INDEX verifications_due ON verifications (next_ask_at_us) WHERE state = 1;

-- Who somebody is, once confirmed. One person an id number.
CREATE TABLE identities (
    person_id        INTEGER PRIMARY KEY,
    id_kind          INTEGER NOT NULL,
    name_sealed      BLOB NOT NULL,
    id_number_sealed BLOB NOT NULL,
    id_number_index  BLOB NOT NULL,
    verification_id  INTEGER NOT NULL,
    confirmed_at_us  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX identities_by_number ON identities (id_kind, id_number_index);

-- Independent sources that confirmed a person: what the class of the account follows from.
CREATE TABLE identity_channels (
    person_id       INTEGER NOT NULL,
    check_kind      INTEGER NOT NULL,
    source          TEXT NOT NULL,     -- "register", "phone", a bank's code, "in_person"
    confirmed_at_us INTEGER NOT NULL,
    PRIMARY KEY (person_id, check_kind, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviews (
    review_id       INTEGER PRIMARY KEY CHECK (review_id > 0),
    person_id       INTEGER NOT NULL,
    verification_id INTEGER NOT NULL,
    state           INTEGER NOT NULL,  -- 1 open, 2 approved, 3 refused
    why             INTEGER NOT NULL,  -- 1 the person asked, 2 no provider answered
    opened_at_us    INTEGER NOT NULL,
    due_at_us       INTEGER NOT NULL,  -- what was promised
    decided_at_us   INTEGER NOT NULL,  -- 0: not
    decided_by      INTEGER NOT NULL,  -- staff; 0: nobody
    in_person       INTEGER NOT NULL,  -- 1: seen face to face
    reason_sealed   BLOB               -- of the decision
) STRICT;
CREATE INDEX reviews_by_state ON reviews (state, due_at_us, review_id);
CREATE UNIQUE INDEX reviews_by_verification ON reviews (verification_id);

CREATE TABLE cards (
    card_id         INTEGER PRIMARY KEY CHECK (card_id > 0),
    person_id       INTEGER NOT NULL,
    state           INTEGER NOT NULL,  -- 1 checking, 2 code sent, 3 bound, 4 refused, 5 gone
    fault           INTEGER NOT NULL,  -- as in verifications
    number_sealed   BLOB NOT NULL,
    number_index    BLOB,              -- NULL once it is refused or gone
    last_four       TEXT NOT NULL,
    network         TEXT NOT NULL,
    bank            TEXT NOT NULL,
    kind            INTEGER NOT NULL,  -- 1 unknown, 2 debit, 3 credit
    label_sealed    BLOB,              -- the name that the person gave it
    color           INTEGER NOT NULL,
    is_default      INTEGER NOT NULL,
    contact_id      INTEGER NOT NULL,  -- the phone that the bank has
    verification_id INTEGER NOT NULL,
    created_at_us   INTEGER NOT NULL,
    bound_at_us     INTEGER NOT NULL,  -- 0: never
    ended_at_us     INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX cards_by_person ON cards (person_id, card_id);
CREATE UNIQUE INDEX cards_by_number ON cards (number_index) WHERE state = 3;
