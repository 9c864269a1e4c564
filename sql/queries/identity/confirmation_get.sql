-- A confirmation of a person.
-- kind: one
-- param: confirmation_id i64
-- param: person_id i64
-- column: session_id i64
-- column: action i64
-- column: request_hash hash
-- column: amount_minor i64
-- column: currency i64
-- column: payee_id i64
-- column: payee_sealed blob
-- column: ways i64
-- column: strength i64
-- column: given i64
-- column: nonce hash
-- column: created_at_us i64
-- column: expires_at_us i64
-- column: consumed_at_us i64
SELECT session_id, action, request_hash, amount_minor, currency, payee_id, payee_sealed, ways, strength,
       given, nonce, created_at_us, expires_at_us, consumed_at_us
FROM confirmations
WHERE confirmation_id = $confirmation_id AND person_id = $person_id
