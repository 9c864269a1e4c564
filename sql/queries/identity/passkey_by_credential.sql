-- Whose passkey this is.
-- kind: one
-- param: credential_id blob
-- column: passkey_id i64
-- column: person_id i64
-- column: credential_id blob
-- column: algorithm i64
-- column: public_key blob
-- column: aaguid blob
-- column: sign_count i64
-- column: flags i64
-- column: name_sealed blob
-- column: created_at_us i64
-- column: last_used_at_us i64
-- column: copied_at_us i64
SELECT passkey_id, person_id, credential_id, algorithm, public_key, aaguid, sign_count, flags, name_sealed,
       created_at_us, last_used_at_us, copied_at_us
FROM passkeys
WHERE credential_id = $credential_id
