/* buf.h — a growing byte buffer with a maximum. Overflow is sticky: write on, check once with
 * buf_ok() (STYLE 11). Contents are always followed by a NUL that is not counted. */
#ifndef JN_CORE_BUF_H
#define JN_CORE_BUF_H

#include "core/base.h"

struct buf {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t bytes_max;
    bool overflowed;
};

void buf_init(struct buf *buf, size_t bytes_max);
void buf_done(struct buf *buf); /* frees; safe on a zeroed struct */
void buf_clear(struct buf *buf);
bool buf_ok(const struct buf *buf);
void buf_add(struct buf *buf, const void *data, size_t length);
void buf_add_str(struct buf *buf, const char *text);
void buf_add_u8(struct buf *buf, uint8_t value);
void buf_add_u16be(struct buf *buf, uint16_t value);
void buf_add_u32be(struct buf *buf, uint32_t value);
void buf_add_u64be(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *format, ...) JN_PRINTF(2, 3);
/* The contents become the caller's to free(); the buffer is empty again. *ret_length may be NULL.
 */
uint8_t *buf_take(struct buf *buf, size_t *ret_length);

#endif
