UPDATE log_state SET size = $size, edge = $edge
WHERE log_state_id = 1 AND size = $size_before
