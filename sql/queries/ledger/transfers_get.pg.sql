-- See transfers_get.sql.
SELECT
    t.transfer_id, t.debit_account_id, t.credit_account_id, t.amount_minor, t.currency, t.code,
    t.flags, t.pending_id, t.expires_at_us, t.reference, t.commitment, t.created_at_us,
    t.segment_id, t.debit_seq, d.prev_id, d.posted_minor, d.held_debits_minor,
    d.held_credits_minor, d.hash, t.credit_seq, c.prev_id, c.posted_minor, c.held_debits_minor,
    c.held_credits_minor, c.hash
FROM unnest($transfer_id::bigint[]) AS u(id)
JOIN transfers AS t ON t.transfer_id = u.id
JOIN entries AS d ON d.account_id = t.debit_account_id AND d.seq = t.debit_seq
JOIN entries AS c ON c.account_id = t.credit_account_id AND c.seq = t.credit_seq
