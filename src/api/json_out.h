/* json_out.h — writes JSON straight into a buffer: no tree, no allocation but the buffer's growth.
 *
 * Every function takes the member's key, or NULL inside a list (and for the outermost value). Keys
 * are constants of ours and are not escaped; text is. Overflow of the buffer is sticky and checked
 * by whoever sends it (buf_ok). Nesting is checked: closing what is not open is a bug. */
#ifndef JN_API_JSON_OUT_H
#define JN_API_JSON_OUT_H

#include "api/api_decode.h"
#include "core/base.h"
#include "core/buf.h"
#include "core/money.h"
#include "core/sha256.h"

#define JSON_OUT_DEPTH_MAX 30

struct json_out {
    struct buf *buf;
    uint32_t depth;
    uint32_t is_list; /* bit per level */
    bool needs_comma;
};

void json_out_begin(struct json_out *out, struct buf *buf);
/* Everything that was opened must be closed by now. */
void json_out_end(struct json_out *out);

void json_out_open(struct json_out *out, const char *key); /* { */
void json_out_close(struct json_out *out);                 /* } */
void json_out_open_list(struct json_out *out, const char *key);
void json_out_close_list(struct json_out *out);

void json_out_text(struct json_out *out, const char *key, const char *text);
void json_out_bytes(struct json_out *out, const char *key, const char *text, size_t length);
void json_out_i64(struct json_out *out, const char *key, int64_t value);
void json_out_bool(struct json_out *out, const char *key, bool value);
void json_out_null(struct json_out *out, const char *key);
/* An id as text; 0 is null. */
void json_out_id(struct json_out *out, const char *key, const char *prefix, int64_t id);
/* RFC 3339; 0 is null. */
void json_out_time(struct json_out *out, const char *key, int64_t at_us);
/* Digits as text; 0 is null. */
void json_out_digits(struct json_out *out, const char *key, int64_t value);
void json_out_currency(struct json_out *out, const char *key, enum currency currency);
/* 64 hex digits; NULL is null. */
void json_out_hash(struct json_out *out, const char *key, const struct sha256_hash *hash);
/* The cursor that continues at `at`; 0 is null. */
void json_out_cursor(struct json_out *out, const char *key, int64_t at);
/* The name of a value (a bug if it has none); a list of the names of bits. */
void json_out_name(struct json_out *out, const char *key, const struct api_names *names,
                   int64_t value);
void json_out_flags(struct json_out *out, const char *key, const struct api_names *names,
                    uint32_t bits);

#endif
