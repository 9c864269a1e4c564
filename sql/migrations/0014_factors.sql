-- Second factors and confirmations (docs/factors.md). Names that people give are sealed like all
-- personal data; a PIN is only here as argon2id over a peppered hash, recovery codes as keyed hashes,
-- TOTP secrets sealed, of passkeys the public half.

-- Guesses, counted before they are checked, so that any number of parallel ones stays within the
-- limit (src/identity/factor_tries.h).
CREATE TABLE factor_tries (
    person_id       INTEGER NOT NULL,
    factor          INTEGER NOT NULL,
    failed          INTEGER NOT NULL,  -- since the last success
    paused_until_us INTEGER NOT NULL,  -- 0: not
    PRIMARY KEY (person_id, factor)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment_pins (
    person_id       INTEGER PRIMARY KEY,
    hash            TEXT NOT NULL,
    created_at_us   INTEGER NOT NULL,
    changed_at_us   INTEGER NOT NULL,
    last_used_at_us INTEGER NOT NULL   -- 0: never
) STRICT;

CREATE TABLE totps (
    totp_id         INTEGER PRIMARY KEY CHECK (totp_id > 0),
    person_id       INTEGER NOT NULL,
    state           INTEGER NOT NULL,  -- 1 shown, 2 in use
    name_sealed     BLOB NOT NULL,
    secret_sealed   BLOB NOT NULL,
    used_step       INTEGER NOT NULL,  -- the greatest that counted; 0: none
    created_at_us   INTEGER NOT NULL,
    last_used_at_us INTEGER NOT NULL   -- 0: never
) STRICT;
CREATE INDEX totps_by_person ON totps (person_id);

CREATE TABLE passkeys (
    passkey_id      INTEGER PRIMARY KEY CHECK (passkey_id > 0),
    person_id       INTEGER NOT NULL,
    credential_id   BLOB NOT NULL,
    algorithm       INTEGER NOT NULL,  -- COSE: -7, -8, -257
    public_key      BLOB NOT NULL,
    aaguid          BLOB NOT NULL,
    sign_count      INTEGER NOT NULL,
    flags           INTEGER NOT NULL,  -- of the authenticator data, the last time
    name_sealed     BLOB NOT NULL,
    created_at_us   INTEGER NOT NULL,
    last_used_at_us INTEGER NOT NULL,  -- 0: never
    copied_at_us    INTEGER NOT NULL   -- its counter went back; 0: not
) STRICT;
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
CREATE INDEX passkeys_by_person ON passkeys (person_id);

CREATE TABLE recovery_codes (
    person_id       INTEGER NOT NULL,
    code_hash       BLOB NOT NULL,
    created_at_us   INTEGER NOT NULL,
    used_at_us      INTEGER NOT NULL,  -- 0: not
    PRIMARY KEY (person_id, code_hash)
) STRICT, WITHOUT ROWID;

-- What passkeys were asked; a row is deleted by the answer it lets through.
CREATE TABLE webauthn_challenges (
    challenge       BLOB NOT NULL PRIMARY KEY,
    kind            INTEGER NOT NULL,  -- 1 to add one, 2 to sign in
    person_id       INTEGER NOT NULL,  -- 0: whoever answers
    expires_at_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webauthn_challenges_by_age ON webauthn_challenges (expires_at_us);

CREATE TABLE confirmations (
    confirmation_id INTEGER PRIMARY KEY CHECK (confirmation_id > 0),
    person_id       INTEGER NOT NULL,
    session_id      INTEGER NOT NULL,
    action          INTEGER NOT NULL,
    request_hash    BLOB NOT NULL,
    amount_minor    INTEGER NOT NULL,
    currency        INTEGER NOT NULL,  -- 0: no money moves
    payee_id        INTEGER NOT NULL,  -- 0: none
    payee_sealed    BLOB NOT NULL,     -- the name as it is shown; empty: none
    ways            INTEGER NOT NULL,  -- eight bits each, see src/identity/stepup.c
    strength        INTEGER NOT NULL,  -- for which it counts
    given           INTEGER NOT NULL,  -- bits: the factors that were right
    nonce           BLOB NOT NULL,
    created_at_us   INTEGER NOT NULL,
    expires_at_us   INTEGER NOT NULL,
    consumed_at_us  INTEGER NOT NULL   -- 0: not
) STRICT;
CREATE INDEX confirmations_by_person ON confirmations (person_id);

-- Small payments without a factor, for those who turned it on.
CREATE TABLE quick_pays (
    person_id       INTEGER PRIMARY KEY,
    currency        INTEGER NOT NULL,
    each_max_minor  INTEGER NOT NULL,
    day_max_minor   INTEGER NOT NULL,
    changed_at_us   INTEGER NOT NULL
) STRICT;

-- What was confirmed on a day of the person's jurisdiction, by how well.
CREATE TABLE confirmed_days (
    person_id       INTEGER NOT NULL,
    currency        INTEGER NOT NULL,
    day             INTEGER NOT NULL,  -- days since 1970
    strength        INTEGER NOT NULL,
    amount_minor    INTEGER NOT NULL,
    PRIMARY KEY (person_id, currency, day, strength)
) STRICT, WITHOUT ROWID;
