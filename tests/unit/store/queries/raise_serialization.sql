-- What the server says when two transactions cannot be put in an order.
-- kind: exec
-- only: postgres
DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''40001''; END'
