/* buf.c — see buf.h. Grows by doubling; a write that would pass the maximum is dropped whole and
 * so is every later one, so that a text is never cut in the middle and then continued. */
#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST ((size_t)256)

void buf_init(struct buf *buf, size_t bytes_max)
{
    BUG_IF(bytes_max == 0 || bytes_max > SIZE_MAX / 4);
    *buf = (struct buf){.bytes_max = bytes_max};
}

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->overflowed = false;
    if (buf->data != NULL) {
        buf->data[0] = 0;
    }
}

bool buf_ok(const struct buf *buf)
{
    return !buf->overflowed;
}

/* Room for `length` more bytes and the NUL; false when that passes the maximum. */
static bool reserve(struct buf *buf, size_t length)
{
    BUG_IF(buf->bytes_max == 0);
    if (buf->overflowed || length > buf->bytes_max - buf->length) {
        buf->overflowed = true;
        return false;
    }
    size_t needed = buf->length + length + 1;
    if (needed <= buf->capacity) {
        return true;
    }
    size_t capacity = buf->capacity == 0 ? CAPACITY_FIRST : buf->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity > buf->bytes_max + 1) {
        capacity = buf->bytes_max + 1;
    }
    uint8_t *data = realloc(buf->data, capacity);
    BUG_IF(data == NULL);
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_add(struct buf *buf, const void *data, size_t length)
{
    if (!reserve(buf, length)) {
        return;
    }
    if (length > 0) {
        memcpy(buf->data + buf->length, data, length);
    }
    buf->length += length;
    buf->data[buf->length] = 0;
}

void buf_add_str(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_u8(struct buf *buf, uint8_t value)
{
    buf_add(buf, &value, sizeof(value));
}

void buf_add_u16be(struct buf *buf, uint16_t value)
{
    uint16_t swapped = __builtin_bswap16(value);
    buf_add(buf, &swapped, sizeof(swapped));
}

void buf_add_u32be(struct buf *buf, uint32_t value)
{
    uint32_t swapped = __builtin_bswap32(value);
    buf_add(buf, &swapped, sizeof(swapped));
}

void buf_add_u64be(struct buf *buf, uint64_t value)
{
    uint64_t swapped = __builtin_bswap64(value);
    buf_add(buf, &swapped, sizeof(swapped));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    BUG_IF(length < 0);
    if (!reserve(buf, (size_t)length)) {
        return;
    }
    va_start(arguments, format);
    int written = vsnprintf((char *)buf->data + buf->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    BUG_IF(written != length);
    buf->length += (size_t)length;
}

uint8_t *buf_take(struct buf *buf, size_t *ret_length)
{
    if (buf->data == NULL) {
        buf->data = calloc(1, 1); /* an empty text still belongs to the caller */
        BUG_IF(buf->data == NULL);
    }
    uint8_t *data = buf->data;
    if (ret_length != NULL) {
        *ret_length = buf->length;
    }
    buf->data = NULL;
    buf->length = 0;
    buf->capacity = 0;
    buf->overflowed = false;
    return data;
}
