-- See entry_at.sql.
SELECT e.transfer_id, t.created_at_us
FROM entries AS e
JOIN transfers AS t ON t.transfer_id = e.transfer_id
WHERE e.account_id = $account_id AND e.seq = $seq
