-- What a person said last about each consent.
-- kind: many
-- param: person_id i64
-- column: consent text
-- column: version i64
-- column: is_given i64
-- column: at_us i64
SELECT c.consent, c.version, c.is_given, c.at_us
FROM consents AS c
WHERE c.person_id = $person_id
  AND c.at_us = (SELECT max(n.at_us) FROM consents AS n
                 WHERE n.person_id = c.person_id AND n.consent = c.consent)
ORDER BY c.consent
