-- Not used on PostgreSQL.
UPDATE log_state SET size = size WHERE log_state_id = 1 AND size < $fold_from_index
