-- A table whose unique key is only checked by COMMIT.
-- kind: exec
-- only: postgres
CREATE TABLE deferred (id BIGINT UNIQUE DEFERRABLE INITIALLY DEFERRED)
