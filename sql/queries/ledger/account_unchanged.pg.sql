SELECT a.account_id
FROM unnest($account_id::bigint[], $seq::bigint[]) AS u(account_id, seq)
JOIN accounts AS a ON a.account_id = u.account_id AND a.seq = u.seq
