/* log_json.h — what the two proofs of the log share on their way out. Private to api/. */
#ifndef JN_API_LOG_JSON_H
#define JN_API_LOG_JSON_H

#include "api/api_app.h"
#include "verify/merkle.h"

/* The member "path": the proof's hashes. */
void log_json_path(struct json_out *out, const struct merkle_proof *proof);

#endif
