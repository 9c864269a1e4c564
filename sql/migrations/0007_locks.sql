-- Locks: why a person may not do something, until when (src/identity/locks.h). One row a reason; rows
-- are never deleted. What is written to or about the person is sealed by the vault.

CREATE TABLE locks (
    lock_id         INTEGER NOT NULL PRIMARY KEY CHECK (lock_id > 0),
    person_id       INTEGER NOT NULL,
    reason          INTEGER NOT NULL CHECK (reason BETWEEN 1 AND 6),
    why             TEXT NOT NULL,   -- a code of src/identity/lock_rules.c
    effects         INTEGER NOT NULL CHECK (effects BETWEEN 1 AND 31),
    put_by          INTEGER NOT NULL CHECK (put_by IN (1, 2, 4)),  -- person, system, staff
    put_by_staff    INTEGER NOT NULL,   -- a person of kind staff; 0: none
    since_us        INTEGER NOT NULL,
    until_us        INTEGER NOT NULL,   -- it ends at this moment; 0: open
    review_at_us    INTEGER NOT NULL,   -- looked at again by then; 0: no date
    told_sealed     BLOB,            -- words for the person
    note_sealed     BLOB,            -- for staff only
    lifted_at_us    INTEGER NOT NULL,   -- 0: not lifted
    lifted_by       INTEGER NOT NULL,   -- as put_by; 0: not lifted
    lifted_by_staff INTEGER NOT NULL,
    contested_at_us INTEGER NOT NULL,   -- 0: the person has not contested it
    CHECK (until_us = 0 OR until_us > since_us),
    CHECK ((lifted_at_us = 0) = (lifted_by = 0)),
    CHECK ((put_by = 4) = (put_by_staff <> 0))
) STRICT;
-- What may hold now: read before every payment.
CREATE INDEX locks_holding ON locks (person_id) WHERE lifted_at_us = 0;
CREATE INDEX locks_of_person ON locks (person_id, lock_id);
-- One freeze of their own per person.
CREATE UNIQUE INDEX locks_one_freeze ON locks (person_id) WHERE reason = 1 AND lifted_at_us = 0;
