-- What people say against locks, and what they are answered (src/identity/locks.h). Once per lock.

CREATE TABLE lock_contests (
    lock_id         INTEGER NOT NULL PRIMARY KEY CHECK (lock_id > 0),
    person_id       INTEGER NOT NULL,
    text_sealed     BLOB NOT NULL,
    contested_at_us INTEGER NOT NULL,
    due_at_us       INTEGER NOT NULL,
    answered_at_us  INTEGER NOT NULL,  -- 0: not yet
    answered_by     INTEGER NOT NULL,  -- a person of kind staff; 0: nobody yet
    answer_sealed   BLOB
) STRICT;
CREATE INDEX lock_contests_open ON lock_contests (due_at_us) WHERE answered_at_us = 0;
