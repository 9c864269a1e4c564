-- sum() of bigint is numeric.
SELECT currency, kind, sum(debits_posted)::bigint, sum(credits_posted)::bigint,
    sum(debits_pending)::bigint, sum(credits_pending)::bigint
FROM accounts
GROUP BY currency, kind
ORDER BY currency, kind
