/* api_keys_json.h — an API key as the contract writes it, without its secret. */
#ifndef JN_API_API_KEYS_JSON_H
#define JN_API_API_KEYS_JSON_H

#include "api/api_app.h"

/* id, name, scopes and created_at: members of the object that is open. */
void api_keys_json_basics(struct json_out *out, const struct api_key *key);
/* The whole object. */
void api_keys_json_key(struct json_out *out, const char *name, const struct api_key *key);

#endif
