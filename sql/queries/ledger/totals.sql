-- Sums over all accounts, by currency and kind.
-- kind: many
-- column: currency i64
-- column: kind i64
-- column: debits_posted i64
-- column: credits_posted i64
-- column: debits_pending i64
-- column: credits_pending i64

SELECT currency, kind, sum(debits_posted), sum(credits_posted), sum(debits_pending),
    sum(credits_pending)
FROM accounts
GROUP BY currency, kind
ORDER BY currency, kind
