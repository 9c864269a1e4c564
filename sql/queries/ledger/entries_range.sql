-- PostgreSQL: entries of an account by seq, in ascending order, as transfers with both sides.
-- (On SQLite a walk over transfers_get does this; there the statement would scan.)
-- only: postgres
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
    t.transfer_id, t.debit_account_id, t.credit_account_id, t.amount_minor, t.currency, t.code,
    t.flags, t.pending_id, t.expires_at_us, t.reference, t.commitment, t.created_at_us,
    t.segment_id, t.debit_seq, d.prev_id, d.posted_minor, d.held_debits_minor,
    d.held_credits_minor, d.hash, t.credit_seq, c.prev_id, c.posted_minor, c.held_debits_minor,
    c.held_credits_minor, c.hash
FROM entries AS e
JOIN transfers AS t ON t.transfer_id = e.transfer_id
JOIN entries AS d ON d.account_id = t.debit_account_id AND d.seq = t.debit_seq
JOIN entries AS c ON c.account_id = t.credit_account_id AND c.seq = t.credit_seq
WHERE e.account_id = $account_id AND e.seq BETWEEN $seq_min AND $seq_max
ORDER BY e.seq
