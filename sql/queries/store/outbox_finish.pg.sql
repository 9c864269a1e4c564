-- PostgreSQL writes an empty blob as a plain literal.
UPDATE outbox SET handled_at_us = $now_us, claim = 0, payload_sealed = ''
WHERE person_id = $person_id AND outbox_id = $outbox_id AND claim = $claim AND handled_at_us = 0
