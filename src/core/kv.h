/* kv.h — a small flat list of named texts as bytes: what one module tells another through a sealed
 * column (the parameters of a message).
 *
 * Form: for each entry its name ([a-z][a-z0-9_]*, at most KV_NAME_MAX bytes), '=', the value, and a
 * line feed. Values are UTF-8 without control characters, so the form needs no escapes. Names do
 * not repeat.
 *
 * Non-goals: nesting, numbers, order. */
#ifndef JN_CORE_KV_H
#define JN_CORE_KV_H

#include "core/buf.h"

#define KV_NAME_MAX    32
#define KV_VALUE_MAX   512
#define KV_ENTRIES_MAX 32

/* Appends an entry. A wrong name is a bug; in the value, control characters become spaces and bytes
 * that are not UTF-8, or are too many, become nothing (the whole value is left empty). */
void kv_add(struct buf *buf, const char *name, const char *value, size_t length);
void kv_add_str(struct buf *buf, const char *name, const char *value);
void kv_add_i64(struct buf *buf, const char *name, int64_t value);

struct kv_text {
    const char *data;
    size_t length;
};
/* True if the whole is well formed. */
JN_MUST_USE bool kv_is_valid(const void *data, size_t length);
/* The value of a name in a well-formed list; false if it has none. Points into data. */
JN_MUST_USE bool kv_get(const void *data, size_t length, const char *name, struct kv_text *ret);

#endif
