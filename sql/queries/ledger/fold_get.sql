-- SQLite: the log index before which every account row holds all its entries.
-- only: sqlite
-- kind: one
-- column: fold_from_index i64

SELECT fold_from_index FROM log_state WHERE log_state_id = 1
