/* api_decode.h — from a request to a checked struct, driven by tables.
 *
 * Purpose: tools/gen_api.py describes every operation of api/openapi.yaml as constant tables
 * (api_gen.c) and a typed function around api_decode(); this is what reads them. What comes out has
 * been checked in full: required and unknown fields, types, ranges, formats. The first fault found
 * is answered as a problem that names the field by its JSON pointer (a parameter by its name).
 *
 * Order of looking: path, query and header parameters, then the body, depth first; in an object
 * first every member that is there, in the order sent, then what is missing.
 *
 * Non-goals: meaning. Amounts of zero, accounts that do not exist, flags that contradict each other
 * are the ledger's to judge.
 *
 * Everything that a decoded struct points to lives in the request's arena. */
#ifndef JN_API_API_DECODE_H
#define JN_API_API_DECODE_H

#include "core/base.h"
#include "core/err.h"
#include "http/http.h"

enum api_type {
    API_I64 = 1,    /* int64_t; a JSON integer, or decimal digits in a parameter */
    API_BOOL = 2,   /* bool */
    API_TEXT = 3,   /* struct http_text, NUL-terminated, UTF-8 without NUL inside */
    API_ID = 4,     /* a one-field id struct; table: the prefix */
    API_CURSOR = 5, /* int64_t; what api_cursor_format() wrote */
    API_TIME = 6,   /* int64_t microseconds since 1970; RFC 3339 */
    API_CURRENCY = 7,
    API_HASH = 8,    /* struct sha256_hash; 64 lower-case hex digits */
    API_DIGITS = 9,  /* int64_t >= 0 as text, because JSON readers lose digits beyond 2^53 */
    API_ENUM = 10,   /* an enum; table: its names */
    API_FLAGS = 11,  /* uint32_t of bits; a list of names */
    API_OBJECT = 12, /* a struct inside; table: its fields */
    API_LIST = 13,   /* a pointer to structs, and their count beside it; table: an item's fields */
    API_MONEY_KEY = 14 /* struct http_text; the Idempotency-Key header */
};

struct api_name {
    const char *text;
    uint32_t length;
    uint32_t value;
};
struct api_names {
    const struct api_name *names;
    size_t count;
};

#define API_NO_OFFSET UINT16_MAX

struct api_fields;
struct api_field {
    const char *name;
    uint8_t name_length;
    uint8_t type; /* enum api_type */
    bool is_required;
    bool is_new_id;          /* an id that the caller makes: not from the future */
    uint16_t offset;         /* of the member in the struct */
    uint16_t has_offset;     /* of a bool that says whether it was there; or API_NO_OFFSET */
    uint16_t count_offset;   /* API_LIST: of the size_t beside the pointer */
    int64_t min, max;        /* API_I64: value; API_TEXT: bytes; lists: items */
    int64_t fallback;        /* parameters: API_I64 and API_ENUM that are missing */
    const void *table;       /* by type: prefix, struct api_names or struct api_fields */
    const uint32_t *charset; /* API_TEXT: 4 words, a bit per ASCII character allowed; NULL: all */
};
struct api_fields {
    const struct api_field *fields;
    size_t count; /* <= 64 */
    size_t struct_bytes;
};

enum api_place { API_IN_PATH = 0, API_IN_QUERY = 1, API_IN_HEADER = 2 };
struct api_param {
    struct api_field field;
    uint8_t place; /* enum api_place */
    uint8_t index; /* in the path: which; a header: enum http_header */
};

enum api_body {
    API_BODY_NONE = 0,
    API_BODY_JSON = 1 << 0,
    API_BODY_LINES = 1 << 1, /* application/x-ndjson */
    API_BODY_TEXT = 1 << 2,  /* text/plain, as struct http_text */
};

/* Who may call an operation; and what a session may be then. */
enum api_caller_kind { API_CALLER_KEY = 1, API_CALLER_PERSON = 2, API_CALLER_STAFF = 4 };
enum api_session_bit {
    API_SESSION_FULL = 1,
    API_SESSION_LOCKED = 2,     /* signed in, but the person is locked */
    API_SESSION_SIGNING_UP = 4, /* the person has not finished */
    API_SESSION_SIGNING_IN = 8, /* the password was right, a second factor is missing */
};

/* An operation; the `data` of its route. Generated as static const. */
struct api_op {
    uint32_t magic;
    const char *name; /* "ledger_transfers_post" */
    bool is_public;   /* anybody may call it */
    bool needs_idempotency_key;
    uint8_t callers;       /* enum api_caller_kind bits; 0 where it is public */
    uint8_t sessions;      /* enum api_session_bit bits */
    uint32_t scopes;       /* of a key: enum api_scope bits, all needed; 0: any key will do */
    uint32_t capabilities; /* of staff, all needed; 0: any staff will do */
    uint32_t bodies;       /* enum api_body bits */
    const struct api_param *params;
    size_t param_count;
    const struct api_fields *body; /* NULL unless JSON */
    const struct api_field *lines; /* the list that NDJSON fills; NULL without */
    uint16_t body_offset;          /* of the body in the decoded struct */
    size_t struct_bytes;
};
#define API_OP_MAGIC UINT32_C(0x41504f50)

/* The operation of a routed request. */
const struct api_op *api_op_of(const struct http_request *request);

/* Fills *ret (zeroed, op->struct_bytes) or answers the problem and returns false; then *ret is
 * untouched. */
JN_MUST_USE bool api_decode(struct http_request *request, const struct api_op *op, void *ret);
/* What can be refused before the body is read: its content type, and the Idempotency-Key where one
 * is needed. False: answered. */
JN_MUST_USE bool api_check_head(struct http_request *request, const struct api_op *op);

/* The first fault of a value, without a request; for tests and fuzzing. `pointer` of the fault. */
#define API_POINTER_MAX 128
struct api_fault {
    enum err err;
    char field[API_POINTER_MAX]; /* JSON pointer or parameter; "" if it is none in particular */
    const char *detail;          /* static or in the arena; NULL */
};
JN_MUST_USE bool api_decode_json(struct arena *arena, const struct api_fields *fields,
                                 const char *text, size_t length, void *ret,
                                 struct api_fault *ret_fault);
JN_MUST_USE bool api_decode_lines(struct arena *arena, const struct api_field *list,
                                  const char *text, size_t length, void *ret,
                                  struct api_fault *ret_fault);
JN_MUST_USE bool api_decode_param(const struct api_field *field, struct http_text value, void *ret,
                                  struct api_fault *ret_fault);

/* NULL if no name has this value. */
const char *api_name_of(const struct api_names *names, int64_t value);

#endif
