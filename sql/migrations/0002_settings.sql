-- What is fixed for the life of an installation, written once by `jinnang init`:
--   mode   'live' or 'sandbox': whether the test clock and demonstration data may be used

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
