-- A witness's signature line under one of our checkpoints; a newer one replaces it.
-- kind: exec
-- param: epoch i64
-- param: size i64
-- param: witness text
-- param: line text
-- param: created_at_us i64
INSERT INTO log_cosignatures (epoch, size, witness, line, created_at_us)
VALUES ($epoch, $size, $witness, $line, $created_at_us)
ON CONFLICT (epoch, size, witness)
DO UPDATE SET line = excluded.line, created_at_us = excluded.created_at_us
