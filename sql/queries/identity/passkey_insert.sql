-- A new passkey; the credential belongs to one person.
-- kind: exec
-- param: passkey_id i64
-- param: person_id i64
-- param: credential_id blob
-- param: algorithm i64
-- param: public_key blob
-- param: aaguid blob
-- param: sign_count i64
-- param: flags i64
-- param: name_sealed blob
-- param: created_at_us i64
INSERT INTO passkeys (passkey_id, person_id, credential_id, algorithm, public_key, aaguid, sign_count,
                      flags, name_sealed, created_at_us, last_used_at_us, copied_at_us)
VALUES ($passkey_id, $person_id, $credential_id, $algorithm, $public_key, $aaguid, $sign_count, $flags,
        $name_sealed, $created_at_us, 0, 0)
ON CONFLICT DO NOTHING
