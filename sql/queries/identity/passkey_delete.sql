-- Removes a passkey.
-- kind: exec
-- param: passkey_id i64
-- param: person_id i64
DELETE FROM passkeys WHERE passkey_id = $passkey_id AND person_id = $person_id
