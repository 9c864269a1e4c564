-- PostgreSQL: the fields of a transfer that its sides share. A unique key that is there
-- already is another writer's transfer under the same id.
-- only: postgres
-- kind: batch
-- copy: postgres
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
-- param: credit_seq i64

INSERT INTO transfers (
    transfer_id, debit_account_id, credit_account_id, amount_minor, currency, code, flags,
    pending_id, expires_at_us, reference, commitment, created_at_us, segment_id, debit_seq,
    credit_seq)
VALUES (
    $transfer_id, $debit_account_id, $credit_account_id, $amount_minor, $currency, $code,
    $flags, $pending_id, $expires_at_us, $reference, $commitment, $created_at_us, $segment_id,
    $debit_seq, $credit_seq)
