-- A restore begins a new epoch: what was signed before it may speak of entries that are lost.
-- kind: exec
-- param: epoch i64
-- param: size i64
-- param: began_at_us i64
INSERT INTO log_epochs (epoch, size, began_at_us) VALUES ($epoch, $size, $began_at_us)
