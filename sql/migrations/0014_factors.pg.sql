-- Second factors and confirmations (docs/factors.md). Names that people give are sealed like all
-- personal data; a PIN is only here as argon2id over a peppered hash, recovery codes as keyed hashes,
-- TOTP secrets sealed, of passkeys the public half.

-- Guesses, counted before they are checked, so that any number of parallel ones stays within the
-- limit (src/identity/factor_tries.h).
CREATE TABLE factor_tries (
    person_id       bigint NOT NULL,
    factor          bigint NOT NULL,
    failed          bigint NOT NULL,  -- since the last success
    paused_until_us bigint NOT NULL,  -- 0: not
    PRIMARY KEY (person_id, factor)
);

CREATE TABLE payment_pins (
    person_id       bigint NOT NULL PRIMARY KEY,
    hash            text NOT NULL,
    created_at_us   bigint NOT NULL,
    changed_at_us   bigint NOT NULL,
    last_used_at_us bigint NOT NULL   -- 0: never
);

CREATE TABLE totps (
    totp_id         bigint NOT NULL PRIMARY KEY CHECK (totp_id > 0),
    person_id       bigint NOT NULL,
    state           bigint NOT NULL,  -- 1 shown, 2 in use
    name_sealed     bytea NOT NULL,
    secret_sealed   bytea NOT NULL,
    used_step       bigint NOT NULL,  -- the greatest that counted; 0: none
    created_at_us   bigint NOT NULL,
    last_used_at_us bigint NOT NULL   -- 0: never
);
CREATE INDEX totps_by_person ON totps (person_id);

CREATE TABLE passkeys (
    passkey_id      bigint NOT NULL PRIMARY KEY CHECK (passkey_id > 0),
    person_id       bigint NOT NULL,
    credential_id   bytea NOT NULL,
    algorithm       bigint NOT NULL,  -- COSE: -7, -8, -257
    public_key      bytea NOT NULL,
    aaguid          bytea NOT NULL,
    sign_count      bigint NOT NULL,
    flags           bigint NOT NULL,  -- of the authenticator data, the last time
    name_sealed     bytea NOT NULL,
    created_at_us   bigint NOT NULL,
    last_used_at_us bigint NOT NULL,  -- 0: never
    copied_at_us    bigint NOT NULL   -- its counter went back; 0: not
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
CREATE INDEX passkeys_by_person ON passkeys (person_id);

CREATE TABLE recovery_codes (
    person_id       bigint NOT NULL,
    code_hash       bytea NOT NULL,
    created_at_us   bigint NOT NULL,
    used_at_us      bigint NOT NULL,  -- 0: not
    PRIMARY KEY (person_id, code_hash)
);

-- What passkeys were asked; a row is deleted by the answer it lets through.
CREATE TABLE webauthn_challenges (
    challenge       bytea NOT NULL PRIMARY KEY,
    kind            bigint NOT NULL,  -- 1 to add one, 2 to sign in
    person_id       bigint NOT NULL,  -- 0: whoever answers
    expires_at_us   bigint NOT NULL
);
CREATE INDEX webauthn_challenges_by_age ON webauthn_challenges (expires_at_us);

CREATE TABLE confirmations (
    confirmation_id bigint NOT NULL PRIMARY KEY CHECK (confirmation_id > 0),
    person_id       bigint NOT NULL,
    session_id      bigint NOT NULL,
    action          bigint NOT NULL,
    request_hash    bytea NOT NULL,
    amount_minor    bigint NOT NULL,
    currency        bigint NOT NULL,  -- 0: no money moves
    payee_id        bigint NOT NULL,  -- 0: none
    payee_sealed    bytea NOT NULL,     -- the name as it is shown; empty: none
    ways            bigint NOT NULL,  -- eight bits each, see src/identity/stepup.c
    strength        bigint NOT NULL,  -- for which it counts
    given           bigint NOT NULL,  -- bits: the factors that were right
    nonce           bytea NOT NULL,
    created_at_us   bigint NOT NULL,
    expires_at_us   bigint NOT NULL,
    consumed_at_us  bigint NOT NULL   -- 0: not
);
CREATE INDEX confirmations_by_person ON confirmations (person_id);

-- Small payments without a factor, for those who turned it on.
CREATE TABLE quick_pays (
    person_id       bigint NOT NULL PRIMARY KEY,
    currency        bigint NOT NULL,
    each_max_minor  bigint NOT NULL,
    day_max_minor   bigint NOT NULL,
    changed_at_us   bigint NOT NULL
);

-- What was confirmed on a day of the person's jurisdiction, by how well.
CREATE TABLE confirmed_days (
    person_id       bigint NOT NULL,
    currency        bigint NOT NULL,
    day             bigint NOT NULL,  -- days since 1970
    strength        bigint NOT NULL,
    amount_minor    bigint NOT NULL,
    PRIMARY KEY (person_id, currency, day, strength)
);
