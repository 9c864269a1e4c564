-- See opening_get.sql.
SELECT a.account_id, a.opening_hash
FROM unnest($account_id::bigint[]) AS u(id)
JOIN accounts AS a ON a.account_id = u.id
