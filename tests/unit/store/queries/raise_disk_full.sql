-- What the server says when its disk is full.
-- kind: exec
-- only: postgres
DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100''; END'
