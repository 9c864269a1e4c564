-- Erasing a person: phone and e-mail go, and open no look-up any more; the row stays for what names it.
-- kind: exec
-- param: person_id i64
-- param: ended_at_us i64
-- param: nothing blob
UPDATE person_contacts SET state = 3, value_index = NULL, value_sealed = $nothing,
                           ended_at_us = $ended_at_us
WHERE person_id = $person_id
