-- An operation that waits for factors.
-- kind: exec
-- param: confirmation_id i64
-- param: person_id i64
-- param: session_id i64
-- param: action i64
-- param: request_hash hash
-- param: amount_minor i64
-- param: currency i64
-- param: payee_id i64
-- param: payee_sealed blob
-- param: ways i64
-- param: strength i64
-- param: given i64
-- param: nonce hash
-- param: created_at_us i64
-- param: expires_at_us i64
INSERT INTO confirmations (confirmation_id, person_id, session_id, action, request_hash, amount_minor,
                           currency, payee_id, payee_sealed, ways, strength, given, nonce,
                           created_at_us, expires_at_us, consumed_at_us)
VALUES ($confirmation_id, $person_id, $session_id, $action, $request_hash, $amount_minor, $currency,
        $payee_id, $payee_sealed, $ways, $strength, $given, $nonce, $created_at_us, $expires_at_us, 0)
