-- Moves a follower on, if it still is where the caller read it.
-- kind: exec
-- param: name text
-- param: from_position i64
-- param: to_position i64
UPDATE store_cursors SET position = $to_position
WHERE name = $name AND position = $from_position
