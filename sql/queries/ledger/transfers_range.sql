-- SQLite at start: transfers from one id to another, with both sides; faster than one by one.
-- only: sqlite
-- kind: many
-- param: from_id i64
-- param: to_id i64
-- param: row_max i64
-- column: transfer_id i64
-- column: debit_account_id i64
-- column: credit_account_id i64
-- column: amount_minor i64
-- column: currency i64
-- column: code i64
-- column: flags i64
-- column: pending_id i64
-- column: expires_at_us i64
-- column: reference i64
-- column: commitment hash?
-- column: created_at_us i64
-- column: segment_id i64
-- column: debit_seq i64
-- column: debit_prev_id i64
-- column: debit_posted_minor i64
-- column: debit_held_debits_minor i64
-- column: debit_held_credits_minor i64
-- column: debit_hash hash
-- column: credit_seq i64
-- column: credit_prev_id i64
-- column: credit_posted_minor i64
-- column: credit_held_debits_minor i64
-- column: credit_held_credits_minor i64
-- column: credit_hash hash

SELECT
    transfer_id, debit_account_id, credit_account_id, amount_minor, currency, code, flags,
    pending_id, expires_at_us, reference, commitment, created_at_us, segment_id, debit_seq,
    debit_prev_id, debit_posted_minor, debit_held_debits_minor, debit_held_credits_minor,
    debit_hash, credit_seq, credit_prev_id, credit_posted_minor, credit_held_debits_minor,
    credit_held_credits_minor, credit_hash
FROM transfers
WHERE transfer_id BETWEEN $from_id AND $to_id
ORDER BY transfer_id
LIMIT $row_max
