-- Ways back into an account whose password is lost (src/identity/recovery.h).
CREATE TABLE recoveries (
    recovery_id   INTEGER PRIMARY KEY CHECK (recovery_id > 0),
    person_id     INTEGER NOT NULL,  -- 0: nobody has that contact; nobody learns it
    secret_hash   BLOB NOT NULL,
    state         INTEGER NOT NULL,  -- 1 open, 2 waiting, 3 done, 4 stopped
    proofs        INTEGER NOT NULL,  -- bits 1 << factor (src/identity/factors.h)
    created_at_us INTEGER NOT NULL,
    ready_at_us   INTEGER NOT NULL,  -- end of the waiting time; 0: it has not begun
    expires_at_us INTEGER NOT NULL,
    ended_at_us   INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX recoveries_by_person ON recoveries (person_id, state);
