-- The bare loop that the ledger's speed is compared with: bind and step, row by row (SELECT and not
-- VALUES, so that no faster form is made of it).
-- only: sqlite
-- kind: batch
-- param: transfer_id i64
-- param: debit_account_id i64
-- param: credit_account_id i64
-- param: amount_minor i64
-- param: currency i64
-- param: code i64
-- param: flags i64
-- param: pending_id i64
-- param: expires_at_us i64
-- param: reference i64
-- param: commitment hash?
-- param: created_at_us i64
-- param: segment_id i64
-- param: debit_seq i64
-- param: debit_prev_id i64
-- param: debit_posted_minor i64
-- param: debit_held_debits_minor i64
-- param: debit_held_credits_minor i64
-- param: debit_hash hash
-- param: credit_seq i64
-- param: credit_prev_id i64
-- param: credit_posted_minor i64
-- param: credit_held_debits_minor i64
-- param: credit_held_credits_minor i64
-- param: credit_hash hash

INSERT INTO transfers (
    transfer_id, debit_account_id, credit_account_id, amount_minor, currency, code, flags,
    pending_id, expires_at_us, reference, commitment, created_at_us, segment_id, debit_seq,
    debit_prev_id, debit_posted_minor, debit_held_debits_minor, debit_held_credits_minor,
    debit_hash, credit_seq, credit_prev_id, credit_posted_minor, credit_held_debits_minor,
    credit_held_credits_minor, credit_hash)
SELECT
    $transfer_id, $debit_account_id, $credit_account_id, $amount_minor, $currency, $code,
    $flags, $pending_id, $expires_at_us, $reference, $commitment, $created_at_us,
    $segment_id, $debit_seq, $debit_prev_id, $debit_posted_minor, $debit_held_debits_minor,
    $debit_held_credits_minor, $debit_hash, $credit_seq, $credit_prev_id,
    $credit_posted_minor, $credit_held_debits_minor, $credit_held_credits_minor,
    $credit_hash
