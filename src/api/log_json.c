/* log_json.c — see log_json.h. */
#include "api/log_json.h"

void log_json_path(struct json_out *out, const struct merkle_proof *proof)
{
    json_out_open_list(out, "path");
    for (size_t i = 0; i < proof->count; i++) {
        json_out_hash(out, NULL, &proof->hashes[i]);
    }
    json_out_close_list(out);
}
