-- What people used of their limits, and the lower limits that they set (src/policy/limits.h).

CREATE TABLE limit_counters (
    person_id      INTEGER NOT NULL CHECK (person_id > 0),
    currency       INTEGER NOT NULL,  -- ISO 4217 number
    operation      INTEGER NOT NULL,  -- 0 only locks; 1.. enum policy_operation; 11.. 10 + strength
    day_start_us   INTEGER NOT NULL,  -- of the day that the next two speak of
    day_minor      INTEGER NOT NULL CHECK (day_minor >= 0),
    day_count      INTEGER NOT NULL,
    month_start_us INTEGER NOT NULL,
    month_minor    INTEGER NOT NULL CHECK (month_minor >= 0),
    month_count    INTEGER NOT NULL,
    year_start_us  INTEGER NOT NULL,
    year_minor     INTEGER NOT NULL CHECK (year_minor >= 0),
    year_count     INTEGER NOT NULL,
    lifetime_minor INTEGER NOT NULL CHECK (lifetime_minor >= 0),
    lifetime_count INTEGER NOT NULL,
    PRIMARY KEY (person_id, currency, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_limits (
    person_id    INTEGER NOT NULL CHECK (person_id > 0),
    currency     INTEGER NOT NULL,
    operation    INTEGER NOT NULL,  -- enum policy_operation
    period       INTEGER NOT NULL,  -- 1 each, 2 day
    amount_minor INTEGER NOT NULL,  -- -1: none
    next_minor   INTEGER NOT NULL,  -- from next_from_us on; -1: none
    next_from_us INTEGER NOT NULL,  -- 0: nothing is to change
    PRIMARY KEY (person_id, currency, operation, period)
) STRICT, WITHOUT ROWID;
