-- PostgreSQL writes every state at once: nothing is ever to be folded.
SELECT size FROM log_state WHERE log_state_id = 1
