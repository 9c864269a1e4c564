-- Ways back into an account whose password is lost (src/identity/recovery.h).
CREATE TABLE recoveries (
    recovery_id   bigint NOT NULL PRIMARY KEY CHECK (recovery_id > 0),
    person_id     bigint NOT NULL,  -- 0: nobody has that contact; nobody learns it
    secret_hash   bytea NOT NULL,
    state         bigint NOT NULL,  -- 1 open, 2 waiting, 3 done, 4 stopped
    proofs        bigint NOT NULL,  -- bits 1 << factor (src/identity/factors.h)
    created_at_us bigint NOT NULL,
    ready_at_us   bigint NOT NULL,  -- end of the waiting time; 0: it has not begun
    expires_at_us bigint NOT NULL,
    ended_at_us   bigint NOT NULL   -- 0: not
);
CREATE INDEX recoveries_by_person ON recoveries (person_id, state);
