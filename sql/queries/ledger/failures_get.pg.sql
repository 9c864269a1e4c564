-- See failures_get.sql.
SELECT f.transfer_id, f.code, f.created_at_us, f.content, f.record_hash
FROM unnest($transfer_id::bigint[]) AS u(id)
JOIN transfer_failures AS f ON f.transfer_id = u.id
