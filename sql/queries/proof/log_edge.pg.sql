SELECT size, edge FROM log_state WHERE log_state_id = 1
