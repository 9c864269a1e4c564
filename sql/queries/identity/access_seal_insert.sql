-- The chain's head, signed; none if this head was signed already.
-- kind: exec
-- param: seq i64
-- param: at_us i64
-- param: note text
INSERT INTO access_seals (seq, at_us, note)
VALUES ($seq, $at_us, $note)
ON CONFLICT (seq) DO NOTHING
