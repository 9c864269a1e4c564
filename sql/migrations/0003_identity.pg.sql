-- API keys. The secret itself is never stored: it is 256 random bits, so one SHA-256 is enough.

CREATE TABLE api_keys (
    api_key_id      bigint NOT NULL PRIMARY KEY CHECK (api_key_id > 0),
    name            text NOT NULL,
    scopes          bigint NOT NULL,  -- bits, see src/identity/api_keys.h
    secret_hash     bytea NOT NULL,
    rate_per_second bigint NOT NULL,  -- 0: the server's default
    created_at_us   bigint NOT NULL,
    last_used_at_us bigint NOT NULL,  -- 0: never; to the minute
    revoked_at_us   bigint NOT NULL   -- 0: it works
);
