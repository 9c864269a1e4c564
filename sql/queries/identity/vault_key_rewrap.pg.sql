-- The same over arrays.
UPDATE vault_keys SET wrapped = u.wrapped, master_version = u.new_version
FROM unnest($person_id::bigint[], $old_version::bigint[], $new_version::bigint[], $wrapped::bytea[])
    AS u(person_id, old_version, new_version, wrapped)
WHERE vault_keys.person_id = u.person_id AND vault_keys.master_version = u.old_version
