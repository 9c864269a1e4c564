-- The same over arrays.
UPDATE things t SET amount = u.amount
FROM unnest($id::bigint[], $amount::bigint[]) AS u(id, amount) WHERE t.id = u.id
