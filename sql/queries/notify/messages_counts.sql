-- How many are unread, and the newest place in the person's order.
-- kind: one
-- param: person_id i64
-- column: unread_count i64
-- column: last_seq i64
SELECT (SELECT count(*) FROM messages
        WHERE person_id = $person_id AND is_shown = 1 AND read_at_us = 0) AS unread_count,
       coalesce((SELECT max(seq) FROM messages WHERE person_id = $person_id), 0) AS last_seq
