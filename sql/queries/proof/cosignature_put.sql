-- A witness's signature line under one of our checkpoints; a newer one replaces it.
-- kind: exec
-- param: epoch i64
-- param: size i64
-- param: witness text
-- param: line text
INSERT INTO log_cosignatures (epoch, size, witness, line)
VALUES ($epoch, $size, $witness, $line)
ON CONFLICT (epoch, size, witness)
DO UPDATE SET line = excluded.line
