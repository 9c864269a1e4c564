-- What people say against locks, and what they are answered (src/identity/locks.h). Once per lock.

CREATE TABLE lock_contests (
    lock_id         bigint NOT NULL PRIMARY KEY CHECK (lock_id > 0),
    person_id       bigint NOT NULL,
    text_sealed     bytea NOT NULL,
    contested_at_us bigint NOT NULL,
    due_at_us       bigint NOT NULL,
    answered_at_us  bigint NOT NULL,  -- 0: not yet
    answered_by     bigint NOT NULL,  -- a person of kind staff; 0: nobody yet
    answer_sealed   bytea
);
CREATE INDEX lock_contests_open ON lock_contests (due_at_us) WHERE answered_at_us = 0;
