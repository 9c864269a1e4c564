-- SQLite: a sweep is complete.
-- only: sqlite
-- kind: exec
-- param: fold_from_index i64

UPDATE log_state SET fold_from_index = $fold_from_index WHERE log_state_id = 1
