-- Success forgives.
-- kind: exec
-- param: kind i64
-- param: subject hash
DELETE FROM attempts WHERE kind = $kind AND subject = $subject
