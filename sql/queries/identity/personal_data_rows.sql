-- Everything that is stored about a person and shown to them: a value a row. `field` is a number of
-- src/identity/personal_data.c; what is sealed comes as it is stored.
-- kind: many
-- param: person_id i64
-- column: field i64
-- column: row_id i64
-- column: number i64?
-- column: words text?
-- column: sealed blob?
SELECT CAST(201 AS bigint) AS field, contact_id AS row_id, created_at_us AS number, '' AS words,
       value_sealed AS sealed
FROM person_contacts WHERE person_id = $person_id AND length(value_sealed) > 0
UNION ALL SELECT 202, contact_id, NULL, CASE channel WHEN 1 THEN 'phone' ELSE 'e-mail' END, NULL
FROM person_contacts WHERE person_id = $person_id
UNION ALL SELECT 203, contact_id, NULL,
    CASE state WHEN 1 THEN 'not confirmed' WHEN 2 THEN 'in use' ELSE 'given up' END, NULL
FROM person_contacts WHERE person_id = $person_id
UNION ALL SELECT 204, contact_id, created_at_us, NULL, NULL
FROM person_contacts WHERE person_id = $person_id
UNION ALL SELECT 205, contact_id, confirmed_at_us, NULL, NULL
FROM person_contacts WHERE person_id = $person_id AND confirmed_at_us > 0
UNION ALL SELECT 101, person_id, created_at_us, NULL, NULL
FROM people WHERE person_id = $person_id
UNION ALL SELECT 102, person_id, NULL, CASE language WHEN 1 THEN 'zh' ELSE 'en' END, NULL
FROM people WHERE person_id = $person_id
UNION ALL SELECT 103, person_id, NULL,
    CASE state WHEN 1 THEN 'signing up' WHEN 2 THEN 'active' WHEN 3 THEN 'ending' ELSE 'erased' END, NULL
FROM people WHERE person_id = $person_id
UNION ALL SELECT 301, device_id, NULL, name, NULL
FROM devices WHERE person_id = $person_id
UNION ALL SELECT 302, device_id, first_seen_at_us, NULL, NULL
FROM devices WHERE person_id = $person_id
UNION ALL SELECT 303, device_id, last_seen_at_us, NULL, NULL
FROM devices WHERE person_id = $person_id
UNION ALL SELECT 401, session_id, created_at_us, NULL, NULL
FROM sessions WHERE person_id = $person_id
UNION ALL SELECT 402, session_id, last_used_at_us, NULL, NULL
FROM sessions WHERE person_id = $person_id
UNION ALL SELECT 403, session_id, NULL, place, NULL
FROM sessions WHERE person_id = $person_id
UNION ALL SELECT 404, session_id, ended_at_us, NULL, NULL
FROM sessions WHERE person_id = $person_id AND ended_at_us > 0
UNION ALL SELECT 501, person_id, changed_at_us, NULL, NULL
FROM passwords WHERE person_id = $person_id
UNION ALL SELECT 502, person_id, changed_at_us, NULL, NULL
FROM payment_pins WHERE person_id = $person_id
UNION ALL SELECT 503, totp_id, NULL, NULL, name_sealed
FROM totps WHERE person_id = $person_id
UNION ALL SELECT 504, totp_id, created_at_us, NULL, NULL
FROM totps WHERE person_id = $person_id
UNION ALL SELECT 505, passkey_id, NULL, NULL, name_sealed
FROM passkeys WHERE person_id = $person_id
UNION ALL SELECT 506, passkey_id, created_at_us, NULL, NULL
FROM passkeys WHERE person_id = $person_id
UNION ALL SELECT 507, person_id, count(*), NULL, NULL
FROM recovery_codes WHERE person_id = $person_id AND used_at_us = 0 GROUP BY person_id
UNION ALL SELECT 508, person_id, each_max_minor, NULL, NULL
FROM quick_pays WHERE person_id = $person_id
UNION ALL SELECT 509, person_id, day_max_minor, NULL, NULL
FROM quick_pays WHERE person_id = $person_id
UNION ALL SELECT 510, person_id, count(*), NULL, NULL
FROM own_limits WHERE person_id = $person_id GROUP BY person_id
UNION ALL SELECT 601, confirmation_id, created_at_us, NULL, NULL
FROM confirmations WHERE person_id = $person_id
UNION ALL SELECT 602, confirmation_id, NULL, NULL, payee_sealed
FROM confirmations WHERE person_id = $person_id AND length(payee_sealed) > 0
UNION ALL SELECT 603, confirmation_id, amount_minor, NULL, NULL
FROM confirmations WHERE person_id = $person_id AND currency > 0
UNION ALL SELECT 701, message_id, created_at_us, NULL, NULL
FROM messages WHERE person_id = $person_id
UNION ALL SELECT 702, message_id, NULL, topic, NULL
FROM messages WHERE person_id = $person_id
UNION ALL SELECT 703, message_id, NULL, NULL, params_sealed
FROM messages WHERE person_id = $person_id AND is_secret = 0 AND length(params_sealed) > 0
UNION ALL SELECT 704, person_id, NULL, NULL, phrase_sealed
FROM message_preferences WHERE person_id = $person_id AND length(phrase_sealed) > 0
UNION ALL SELECT 801, lock_id, since_us, NULL, NULL
FROM locks WHERE person_id = $person_id
UNION ALL SELECT 802, lock_id, NULL, why, NULL
FROM locks WHERE person_id = $person_id
UNION ALL SELECT 803, lock_id, NULL, NULL, told_sealed
FROM locks WHERE person_id = $person_id AND length(told_sealed) > 0
UNION ALL SELECT 804, lock_id, lifted_at_us, NULL, NULL
FROM locks WHERE person_id = $person_id AND lifted_at_us > 0
UNION ALL SELECT 901, seq, at_us, NULL, NULL
FROM access_log WHERE person_id = $person_id
UNION ALL SELECT 902, seq, NULL, NULL, reason_sealed
FROM access_log WHERE person_id = $person_id
UNION ALL SELECT 911, day * 100 + purpose, openings, NULL, NULL
FROM access_counts WHERE person_id = $person_id
UNION ALL SELECT 1001, at_us, NULL, consent, NULL
FROM consents WHERE person_id = $person_id
UNION ALL SELECT 1002, at_us, version, NULL, NULL
FROM consents WHERE person_id = $person_id
UNION ALL SELECT 1003, at_us, NULL, CASE is_given WHEN 1 THEN 'given' ELSE 'withdrawn' END, NULL
FROM consents WHERE person_id = $person_id
UNION ALL SELECT 1101, person_id, requested_at_us, NULL, NULL
FROM deletions WHERE person_id = $person_id
UNION ALL SELECT 1102, person_id, due_at_us, NULL, NULL
FROM deletions WHERE person_id = $person_id
UNION ALL SELECT 1221, verification_id, NULL, NULL, name_sealed
FROM identities WHERE person_id = $person_id
UNION ALL SELECT 1222, verification_id, NULL, NULL, id_number_sealed
FROM identities WHERE person_id = $person_id
UNION ALL SELECT 1223, verification_id, confirmed_at_us, NULL, NULL
FROM identities WHERE person_id = $person_id
UNION ALL SELECT 1201, verification_id, created_at_us, NULL, NULL
FROM verifications WHERE person_id = $person_id
UNION ALL SELECT 1202, verification_id, NULL,
    CASE check_kind WHEN 1 THEN 'name and id' WHEN 2 THEN 'phone' WHEN 3 THEN 'card' ELSE 'in person' END, NULL
FROM verifications WHERE person_id = $person_id
UNION ALL SELECT 1203, verification_id, NULL,
    CASE state WHEN 1 THEN 'checking' WHEN 2 THEN 'passed' WHEN 3 THEN 'failed' ELSE 'in review' END, NULL
FROM verifications WHERE person_id = $person_id
UNION ALL SELECT 1204, verification_id, NULL, NULL, name_sealed
FROM verifications WHERE person_id = $person_id AND length(name_sealed) > 0
UNION ALL SELECT 1205, verification_id, NULL, NULL, id_number_sealed
FROM verifications WHERE person_id = $person_id AND length(id_number_sealed) > 0
UNION ALL SELECT 1231, confirmed_at_us, NULL, source, NULL
FROM identity_channels WHERE person_id = $person_id
UNION ALL SELECT 1211, review_id, opened_at_us, NULL, NULL
FROM reviews WHERE person_id = $person_id
UNION ALL SELECT 1212, review_id, NULL, NULL, reason_sealed
FROM reviews WHERE person_id = $person_id AND length(reason_sealed) > 0
UNION ALL SELECT 1301, card_id, NULL, NULL, number_sealed
FROM cards WHERE person_id = $person_id AND length(number_sealed) > 0
UNION ALL SELECT 1302, card_id, NULL, bank, NULL
FROM cards WHERE person_id = $person_id
UNION ALL SELECT 1303, card_id, NULL, NULL, label_sealed
FROM cards WHERE person_id = $person_id AND length(label_sealed) > 0
UNION ALL SELECT 1304, card_id, created_at_us, NULL, NULL
FROM cards WHERE person_id = $person_id
UNION ALL SELECT 1305, card_id, ended_at_us, NULL, NULL
FROM cards WHERE person_id = $person_id AND ended_at_us > 0
UNION ALL SELECT 811, lock_id, NULL, NULL, text_sealed
FROM lock_contests WHERE person_id = $person_id AND length(text_sealed) > 0
UNION ALL SELECT 812, lock_id, NULL, NULL, answer_sealed
FROM lock_contests WHERE person_id = $person_id AND length(answer_sealed) > 0
ORDER BY row_id, field
