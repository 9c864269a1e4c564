-- PostgreSQL: one side of a transfer.
-- only: postgres
-- kind: batch
-- copy: postgres
-- param: account_id i64
-- param: seq i64
-- param: transfer_id i64
-- param: side i64
-- param: prev_id i64
-- param: posted_minor i64
-- param: held_debits_minor i64
-- param: held_credits_minor i64
-- param: hash hash

INSERT INTO entries (
    account_id, seq, transfer_id, side, prev_id, posted_minor, held_debits_minor,
    held_credits_minor, hash)
VALUES (
    $account_id, $seq, $transfer_id, $side, $prev_id, $posted_minor, $held_debits_minor,
    $held_credits_minor, $hash)
