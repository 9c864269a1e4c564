-- Messages to people (src/notify/notify.h). A message's id is that of the outbox row it came from, and its
-- parameters stay in the envelope in which that row held them.

CREATE TABLE messages (
    message_id    INTEGER NOT NULL CHECK (message_id > 0),
    person_id     INTEGER NOT NULL,
    seq           INTEGER NOT NULL,  -- 1, 2, … of this person, in the order of commits
    topic         TEXT NOT NULL,
    kind          INTEGER NOT NULL,  -- see src/notify/catalogue.h
    severity      INTEGER NOT NULL,
    is_shown      INTEGER NOT NULL,  -- 1: in the app
    is_secret     INTEGER NOT NULL,  -- 1: the parameters go once no delivery waits
    params_sealed BLOB NOT NULL,
    code_index    BLOB NOT NULL,     -- keyed hash of the code that people type to ask about it
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,  -- 0: never
    read_at_us    INTEGER NOT NULL,  -- 0: not
    not_me_at_us  INTEGER NOT NULL,  -- "it was not me"; 0: not said
    PRIMARY KEY (person_id, message_id),
    UNIQUE (person_id, seq)
) STRICT;
CREATE INDEX messages_by_code ON messages (code_index);
CREATE INDEX messages_unread ON messages (person_id) WHERE is_shown = 1 AND read_at_us = 0;

CREATE TABLE deliveries (
    delivery_id      INTEGER NOT NULL CHECK (delivery_id > 0),
    person_id        INTEGER NOT NULL,
    message_id       INTEGER NOT NULL,
    contact_id       INTEGER NOT NULL,
    channel          INTEGER NOT NULL,  -- 2 SMS, 4 e-mail
    state            INTEGER NOT NULL,  -- 1 waiting, 2 sent, 3 refused, 4 given up
    attempts         INTEGER NOT NULL,
    problem          TEXT NOT NULL,     -- of the last attempt, technical: 'smtp_451'; '' none
    created_at_us    INTEGER NOT NULL,
    due_at_us        INTEGER NOT NULL,
    give_up_at_us    INTEGER NOT NULL,
    claim            INTEGER NOT NULL,  -- who works on it; 0: nobody
    claimed_until_us INTEGER NOT NULL,
    done_at_us       INTEGER NOT NULL,  -- 0: waiting
    PRIMARY KEY (person_id, delivery_id)
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (channel, due_at_us, delivery_id) WHERE state = 1;
CREATE INDEX deliveries_by_message ON deliveries (person_id, message_id);
CREATE INDEX deliveries_done ON deliveries (done_at_us) WHERE state <> 1;

-- What a person chose; no row: the defaults of src/notify/route.h.
CREATE TABLE message_preferences (
    person_id      INTEGER NOT NULL PRIMARY KEY,
    choices        INTEGER NOT NULL,  -- bits, see src/notify/route.h
    utc_offset_min INTEGER NOT NULL,
    quiet_from_min INTEGER NOT NULL,  -- minutes after midnight, local; equal: no quiet hours
    quiet_to_min   INTEGER NOT NULL,
    sms_from       INTEGER NOT NULL,  -- movements below are not told by SMS; hundredths of the unit
    email_from     INTEGER NOT NULL,
    phrase_sealed  BLOB NOT NULL,     -- the anti-phishing phrase; empty: none
    changed_at_us  INTEGER NOT NULL
) STRICT;
