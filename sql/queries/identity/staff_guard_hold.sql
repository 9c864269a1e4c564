-- Holds the guard of staff changes until the end of the transaction.
-- kind: exec

UPDATE staff_guard SET changes = changes + 1 WHERE one = 1
