-- See holds_get.sql.
SELECT h.hold_id, h.expires_at_us, h.state, h.captured_minor, h.resolved_by
FROM unnest($hold_id::bigint[]) AS u(id)
JOIN holds AS h ON h.hold_id = u.id
