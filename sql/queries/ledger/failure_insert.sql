-- Burns an id: it failed by a verdict and never succeeds. A conflict is another writer's.
-- kind: batch
-- param: transfer_id i64
-- param: code i64
-- param: created_at_us i64
-- param: content blob
-- param: record_hash hash

INSERT INTO transfer_failures (
    transfer_id, code, created_at_us, content, record_hash)
VALUES (
    $transfer_id, $code, $created_at_us, $content, $record_hash)
ON CONFLICT DO NOTHING
