-- Conflicts with an earlier one at COMMIT only.
-- kind: exec
-- only: postgres
-- param: id i64
INSERT INTO deferred (id) VALUES ($id)
