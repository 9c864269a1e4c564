-- The same over an array.
SELECT t.id, t.label FROM unnest($id::bigint[]) AS u(id) JOIN things t ON t.id = u.id ORDER BY t.id
