-- What people are asked to agree to now: the newest version of each that has begun.
-- kind: many
-- param: now_us i64
-- column: consent text
-- column: version i64
-- column: is_required i64
-- column: title_en text
-- column: title_zh text
-- column: text_en text
-- column: text_zh text
SELECT t.consent, t.version, t.is_required, t.title_en, t.title_zh, t.text_en, t.text_zh
FROM consent_texts AS t
WHERE t.version = (SELECT max(n.version) FROM consent_texts AS n
                   WHERE n.consent = t.consent AND n.from_us <= $now_us)
ORDER BY t.is_required DESC, t.consent
