-- PostgreSQL: entries of an account by seq, in ascending order, as transfers with both sides.
-- (On SQLite a walk over transfers_get does this; there the statement would scan.)
-- kind: many
-- param: account_id i64
-- param: seq_min i64
-- param: seq_max i64
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
WHERE (debit_account_id = $account_id AND debit_seq BETWEEN $seq_min AND $seq_max)
   OR (credit_account_id = $account_id AND credit_seq BETWEEN $seq_min AND $seq_max)
ORDER BY CASE WHEN debit_account_id = $account_id THEN debit_seq ELSE credit_seq END
