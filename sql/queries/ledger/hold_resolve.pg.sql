-- See hold_resolve.sql.
UPDATE holds AS h
SET state = u.state, resolved_by = u.resolved_by, captured_minor = u.captured_minor
FROM unnest($hold_id::bigint[], $state::bigint[], $resolved_by::bigint[], $captured_minor::bigint[])
    AS u(hold_id, state, resolved_by, captured_minor)
WHERE h.hold_id = u.hold_id AND h.resolved_by IS NULL
