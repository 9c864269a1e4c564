-- A full tile.
-- kind: one
-- param: level i64
-- param: tile_index i64
-- column: hashes blob
SELECT hashes FROM log_tiles WHERE level = $level AND tile_index = $tile_index
