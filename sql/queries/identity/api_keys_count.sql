-- How many keys there are, and how many working ones have a scope: for the two limits on keys.
-- kind: one
-- param: scope i64
-- column: all_count i64
-- column: scope_count i64
SELECT count(*) AS all_count,
       coalesce(sum(CASE WHEN revoked_at_us = 0 AND (scopes & $scope) <> 0 THEN 1 ELSE 0 END), 0)
           AS scope_count
FROM api_keys
