-- SQLite at start: open holds with what is needed to resolve them.
-- only: sqlite
-- kind: many
-- column: hold_id i64
-- column: expires_at_us i64
-- column: debit_account_id i64
-- column: credit_account_id i64
-- column: amount_minor i64
-- column: currency i64
-- column: code i64
-- column: flags i64

SELECT h.hold_id, h.expires_at_us, t.debit_account_id, t.credit_account_id, t.amount_minor,
    t.currency, t.code, t.flags
FROM holds AS h
JOIN transfers AS t ON t.transfer_id = h.hold_id
WHERE h.resolved_by IS NULL
