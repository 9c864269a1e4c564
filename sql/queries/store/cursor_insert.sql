-- A follower's first place; whoever comes second changes nothing.
-- kind: exec
-- param: name text
-- param: position i64
INSERT INTO store_cursors (name, position) VALUES ($name, $position)
ON CONFLICT (name) DO NOTHING
