-- What a COMMIT of this session means.
-- kind: one
-- only: postgres
-- column: setting text
SELECT current_setting('synchronous_commit') AS setting
