-- A bank no longer vouches: the last card of it is gone.
-- kind: exec
-- param: person_id i64
-- param: check_kind i64
-- param: source text
DELETE FROM identity_channels
WHERE person_id = $person_id AND check_kind = $check_kind AND source = $source
