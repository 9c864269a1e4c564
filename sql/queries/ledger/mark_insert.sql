-- Marks every 64th entry of an account, for jumps in its history.
-- only: sqlite
-- kind: batch
-- param: account_id i64
-- param: seq i64
-- param: transfer_id i64
-- param: created_at_us i64

INSERT INTO account_marks (
    account_id, seq, transfer_id, created_at_us)
VALUES (
    $account_id, $seq, $transfer_id, $created_at_us)
