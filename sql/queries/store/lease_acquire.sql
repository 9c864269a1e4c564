-- Takes a lease that is free, has run out, or is ours already. The fence grows unless it is ours
-- still. No row: somebody else holds it.
-- kind: one
-- param: name text
-- param: holder i64
-- param: now_us i64
-- param: expires_at_us i64
-- column: fence i64
INSERT INTO store_leases (name, holder, fence, expires_at_us)
VALUES ($name, $holder, 1, $expires_at_us)
ON CONFLICT (name) DO UPDATE SET
    holder = excluded.holder,
    expires_at_us = excluded.expires_at_us,
    fence = store_leases.fence +
        CASE WHEN store_leases.holder = excluded.holder AND store_leases.expires_at_us > $now_us
             THEN 0 ELSE 1 END
WHERE store_leases.holder = excluded.holder OR store_leases.expires_at_us <= $now_us
RETURNING fence
