/* api_keys_json.c — see api_keys_json.h. */
#include "api/api_keys_json.h"

#include "api/ledger_json.h"

void api_keys_json_basics(struct json_out *out, const struct api_key *key)
{
    json_out_id(out, "id", API_KEY_PREFIX, key->id.v);
    json_out_text(out, "name", key->name);
    json_out_flags(out, "scopes", &api_key_scope_names, key->scopes);
    json_out_time(out, "created_at", key->created_at_us);
}

void api_keys_json_key(struct json_out *out, const char *name, const struct api_key *key)
{
    json_out_open(out, name);
    api_keys_json_basics(out, key);
    json_out_time(out, "last_used_at", key->last_used_at_us);
    json_out_time(out, "revoked_at", key->revoked_at_us);
    json_out_close(out);
}
