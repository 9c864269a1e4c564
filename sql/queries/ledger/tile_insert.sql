-- A full tile of the log.
-- kind: batch
-- param: level i64
-- param: tile_index i64
-- param: hashes blob

INSERT INTO log_tiles (
    level, tile_index, hashes)
VALUES (
    $level, $tile_index, $hashes)
