-- PostgreSQL sums bigint to numeric, which is cast back.
SELECT count(*) AS all_count,
       coalesce(sum(CASE WHEN revoked_at_us = 0 AND (scopes & $scope) <> 0 THEN 1 ELSE 0 END), 0)::bigint
           AS scope_count
FROM api_keys
