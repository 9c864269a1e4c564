/* pg_params.c — parameters in PostgreSQL's binary form: int8, text, bytea, and for a batch
 * one-dimensional arrays of them (src/backend/utils/adt/arrayfuncs.c, array_recv, defines the
 * layout: dimensions, has-null, element type, length, lower bound, then length and bytes of each),
 * or rows as COPY wants them (the manual's chapter on COPY: field count, then length and bytes). */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_int.h"

#define OID_BYTEA       17
#define OID_INT8        20
#define OID_TEXT        25
#define OID_BYTEA_ARRAY 1001
#define OID_TEXT_ARRAY  1009
#define OID_INT8_ARRAY  1016
#define ARRAY_HEADER    20

/* A value of any type: where its bytes are. data == NULL: SQL's NULL. */
struct bytes {
    const void *data;
    uint32_t length;
};

static Oid oid_of(uint8_t type, bool array)
{
    switch ((enum store_type)type) {
    case STORE_I64:
        return array ? OID_INT8_ARRAY : OID_INT8;
    case STORE_TEXT:
        return array ? OID_TEXT_ARRAY : OID_TEXT;
    case STORE_BLOB:
    case STORE_HASH:
        return array ? OID_BYTEA_ARRAY : OID_BYTEA;
    }
    BUG_IF(true);
}

/* `number` receives an integer in wire order. */
static struct bytes bytes_of(const struct store_field *field, const uint8_t *value,
                             uint64_t *number)
{
    BUG_IF(value == NULL);
    switch ((enum store_type)field->type) {
    case STORE_I64: {
        const struct store_opt_i64 *opt = (const void *)value;
        if (field->nullable && !opt->has) {
            return (struct bytes){0};
        }
        *number =
            htobe64((uint64_t)(field->nullable ? opt->v : *(const int64_t *)(const void *)value));
        return (struct bytes){number, sizeof(*number)};
    }
    case STORE_TEXT: {
        const struct store_text *text = (const void *)value;
        bool is_null = text->data == NULL && field->nullable;
        return (struct bytes){text->data == NULL && !is_null ? "" : text->data, text->length};
    }
    case STORE_BLOB: {
        const struct store_blob *blob = (const void *)value;
        bool is_null = blob->data == NULL && field->nullable;
        return (struct bytes){blob->data == NULL && !is_null ? "" : blob->data, blob->length};
    }
    case STORE_HASH: {
        const struct store_opt_hash *opt = (const void *)value;
        if (field->nullable && !opt->has) {
            return (struct bytes){0};
        }
        return (struct bytes){field->nullable ? opt->v.bytes : value, SHA256_BYTES};
    }
    }
    BUG_IF(true);
}

void pg_reserve(struct pg_conn *conn, size_t bytes)
{
    if (conn->scratch_capacity < bytes) {
        free(conn->scratch);
        conn->scratch_capacity = bytes + bytes / 2;
        conn->scratch = malloc(conn->scratch_capacity);
        BUG_IF(conn->scratch == NULL);
    }
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof(value));
    return at + sizeof(value);
}

static size_t array_bytes(const struct store_query *query, size_t param, const uint8_t *in,
                          size_t count)
{
    const struct store_field *field = &query->params[param];
    size_t bytes = ARRAY_HEADER;
    uint64_t number;
    for (size_t i = 0; i < count; i++) {
        struct bytes value = bytes_of(field, in + i * query->in_size + field->offset, &number);
        bytes += 4 + (value.data != NULL ? value.length : 0);
    }
    return bytes;
}

static uint8_t *put_array(uint8_t *at, const struct store_query *query, size_t param,
                          const uint8_t *in, size_t count)
{
    const struct store_field *field = &query->params[param];
    uint8_t *has_null = at + 4;
    at = put_u32(at, 1);
    at = put_u32(at, 0);
    at = put_u32(at, oid_of(field->type, false));
    at = put_u32(at, (uint32_t)count);
    at = put_u32(at, 1);
    uint64_t number;
    for (size_t i = 0; i < count; i++) {
        struct bytes value = bytes_of(field, in + i * query->in_size + field->offset, &number);
        if (value.data == NULL) {
            (void)put_u32(has_null, 1);
            at = put_u32(at, UINT32_MAX);
            continue;
        }
        at = put_u32(at, value.length);
        memcpy(at, value.data, value.length);
        at += value.length;
    }
    return at;
}

static void encode_batch(struct pg_conn *conn, const struct store_query *query, const uint8_t *in,
                         size_t count, struct pg_params *ret)
{
    size_t total = 0;
    for (int i = 0; i < ret->count; i++) {
        total += array_bytes(query, (size_t)i, in, count);
    }
    BUG_IF(total > INT32_MAX);
    pg_reserve(conn, total);
    uint8_t *at = conn->scratch;
    for (int i = 0; i < ret->count; i++) {
        uint8_t *end = put_array(at, query, (size_t)i, in, count);
        ret->values[i] = (const char *)at;
        ret->lengths[i] = (int)(end - at);
        at = end;
    }
}

static void encode_row(struct pg_conn *conn, const struct store_query *query, const uint8_t *in,
                       struct pg_params *ret)
{
    pg_reserve(conn, sizeof(uint64_t) * PG_PARAMS_MAX);
    uint64_t *numbers = (uint64_t *)(void *)conn->scratch;
    for (int i = 0; i < ret->count; i++) {
        const struct store_field *field = &query->params[i];
        struct bytes value = bytes_of(field, in + field->offset, &numbers[i]);
        ret->values[i] = value.data;
        ret->lengths[i] = (int)value.length;
    }
}

void pg_params_encode(struct pg_conn *conn, const struct store_query *query, const void *in,
                      size_t count, struct pg_params *ret)
{
    BUG_IF(query->param_count > PG_PARAMS_MAX);
    ret->count = query->param_count;
    for (int i = 0; i < ret->count; i++) {
        ret->types[i] = oid_of(query->params[i].type, query->is_batch);
        ret->formats[i] = 1;
    }
    if (query->is_batch) {
        encode_batch(conn, query, in, count, ret);
    } else if (ret->count > 0) {
        encode_row(conn, query, in, ret);
    }
}

size_t pg_copy_row_bytes(const struct store_query *query, const uint8_t *in)
{
    size_t bytes = 2;
    uint64_t number;
    for (size_t i = 0; i < query->param_count; i++) {
        struct bytes value = bytes_of(&query->params[i], in + query->params[i].offset, &number);
        bytes += 4 + (value.data != NULL ? value.length : 0);
    }
    return bytes;
}

void pg_copy_row_encode(const struct store_query *query, const uint8_t *in, uint8_t *at)
{
    uint16_t fields = htobe16(query->param_count);
    memcpy(at, &fields, sizeof(fields));
    at += sizeof(fields);
    uint64_t number;
    for (size_t i = 0; i < query->param_count; i++) {
        struct bytes value = bytes_of(&query->params[i], in + query->params[i].offset, &number);
        if (value.data == NULL) {
            at = put_u32(at, UINT32_MAX);
            continue;
        }
        at = put_u32(at, value.length);
        memcpy(at, value.data, value.length);
        at += value.length;
    }
}
