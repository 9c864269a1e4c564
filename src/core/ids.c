/* ids.c — see ids.h. */
#include "core/ids.h"

#include <string.h>

#define COUNTER_BITS 13
#define NODE_BITS    8
#define TIME_SHIFT   (COUNTER_BITS + NODE_BITS)
#define COUNTER_MAX  ((INT64_C(1) << COUNTER_BITS) - 1)
#define TIME_MS_MAX  ((INT64_C(1) << 42) - 1)
#define DIGIT_COUNT  13
#define PREFIX_MAX   8

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

size_t id_format(const char *prefix, int64_t v, char ret[ID_TEXT_MAX])
{
    size_t prefix_length = strlen(prefix);
    BUG_IF(v <= 0 || prefix_length == 0 || prefix_length > PREFIX_MAX);
    memcpy(ret, prefix, prefix_length);
    char *digits = ret + prefix_length;
    *digits++ = '_';
    for (int i = DIGIT_COUNT - 1; i >= 0; i--) {
        digits[i] = alphabet[v & 31];
        v >>= 5;
    }
    digits[DIGIT_COUNT] = 0;
    return prefix_length + 1 + DIGIT_COUNT;
}

/* 255: not a digit. i, l, o, u are left out by Crockford's base 32. */
static uint8_t digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (uint8_t)(c - '0');
    }
    static const uint8_t letters[26] = {10, 11,  12, 13, 14, 15, 16, 17,  255, 18, 19, 255, 20,
                                        21, 255, 22, 23, 24, 25, 26, 255, 27,  28, 29, 30,  31};
    return c >= 'a' && c <= 'z' ? letters[c - 'a'] : 255;
}

enum err id_parse(const char *prefix, const char *text, size_t length, int64_t *ret)
{
    size_t prefix_length = strlen(prefix);
    BUG_IF(prefix_length == 0 || prefix_length > PREFIX_MAX);
    if (length != prefix_length + 1 + DIGIT_COUNT || memcmp(text, prefix, prefix_length) != 0 ||
        text[prefix_length] != '_') {
        return ERR_ID_MALFORMED;
    }
    const char *digits = text + prefix_length + 1;
    uint64_t v = 0;
    for (int i = 0; i < DIGIT_COUNT; i++) {
        uint8_t value = digit_value(digits[i]);
        if (value == 255 || (i == 0 && value > 7)) {
            return ERR_ID_MALFORMED; /* 13 digits carry 65 bits, an id has 63 */
        }
        v = v << 5 | value;
    }
    if (v == 0) {
        return ERR_ID_MALFORMED;
    }
    *ret = (int64_t)v;
    return ERR_OK;
}

void id_source_init(struct id_source *source, const struct clock *clock, uint8_t node, int64_t last)
{
    BUG_IF(last < 0);
    int failed = pthread_mutex_init(&source->lock, NULL);
    BUG_IF(failed != 0);
    source->clock = clock;
    source->last = last;
    source->node = node;
}

/* The smallest id of this node that is greater than `last` and not before `now_ms`. */
static int64_t id_after(int64_t last, int64_t now_ms, uint8_t node)
{
    int64_t last_ms = last >> TIME_SHIFT;
    int64_t ms = now_ms > last_ms ? now_ms : last_ms;
    int64_t first_of_ms = ms << TIME_SHIFT | (int64_t)node << COUNTER_BITS;
    if (first_of_ms > last) {
        return first_of_ms;
    }
    bool same_node = (last >> COUNTER_BITS & 0xff) == node;
    if (same_node && (last & COUNTER_MAX) < COUNTER_MAX) {
        return last + 1;
    }
    /* The counter is full, or a higher node drew in this millisecond: borrow the next one. */
    BUG_IF(ms >= TIME_MS_MAX);
    return (ms + 1) << TIME_SHIFT | (int64_t)node << COUNTER_BITS;
}

void id_draw(struct id_source *source, size_t count, int64_t *ret_ids)
{
    BUG_IF(count == 0);
    int64_t now_ms = clock_now_us(source->clock) / 1000;
    BUG_IF(now_ms < 0 || now_ms > TIME_MS_MAX);
    int failed = pthread_mutex_lock(&source->lock);
    BUG_IF(failed != 0);
    for (size_t i = 0; i < count; i++) {
        source->last = id_after(source->last, now_ms, source->node);
        ret_ids[i] = source->last;
    }
    failed = pthread_mutex_unlock(&source->lock);
    BUG_IF(failed != 0);
}

int64_t id_draw_one(struct id_source *source)
{
    int64_t id;
    id_draw(source, 1, &id);
    return id;
}

int64_t id_time_ms(int64_t v)
{
    BUG_IF(v < 0);
    return v >> TIME_SHIFT;
}
