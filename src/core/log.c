/* log.c — see log.h. A line is built on the stack and leaves in one write(2), so that lines of
 * several threads never mix. A field that does not fit is left out whole: the line stays JSON. */
#include "core/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/str.h"

#define LINE_BYTES_MAX 4096

struct line {
    char text[LINE_BYTES_MAX];
    size_t length;
    bool full;
};

/* tidy: allow mutable-global: the one setting of the process, atomic, set before threads start */
static _Atomic int level_min = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&level_min, (int)level);
}

/* Two bytes stay free for the closing brace and the newline. */
static void put(struct line *line, const char *text, size_t length)
{
    if (line->full || length > sizeof(line->text) - 2 - line->length) {
        line->full = true;
        return;
    }
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void put_str(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* A JSON string. Bytes that are not UTF-8 become question marks: a log reader must not choke on
 * what somebody sent. */
static void put_quoted(struct line *line, const char *text)
{
    size_t length = strlen(text);
    bool is_utf8 = str_is_utf8(text, length);
    put(line, "\"", 1);
    for (size_t i = 0; i < length && !line->full; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            char escaped[2] = {'\\', (char)c};
            put(line, escaped, 2);
        } else if (c < 0x20 || c == 0x7f) {
            char escaped[8];
            int written = snprintf(escaped, sizeof(escaped), "\\u%04x", c);
            put(line, escaped, (size_t)written);
        } else if (c >= 0x80 && !is_utf8) {
            put(line, "?", 1);
        } else {
            put(line, text + i, 1);
        }
    }
    put(line, "\"", 1);
}

static void put_field(struct line *line, const struct log_field *field)
{
    size_t before = line->length;
    put(line, ",", 1);
    put_quoted(line, field->key);
    put(line, ":", 1);
    if (field->text != NULL) {
        put_quoted(line, field->text);
    } else {
        char digits[24];
        int written = snprintf(digits, sizeof(digits), "%lld", (long long)field->number);
        put(line, digits, (size_t)written);
    }
    if (line->full) {
        line->length = before;
        line->full = false;
    }
}

void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t field_count)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if ((int)level < atomic_load(&level_min)) {
        return;
    }
    struct line line;
    line.length = 0;
    line.full = false;
    struct clock clock;
    clock_init_real(&clock); /* a log tells the machine's time, also in the sandbox */
    char at[CLOCK_TEXT_MAX];
    clock_format_rfc3339(clock_now_us(&clock), at);
    put_str(&line, "{\"at\":\"");
    put_str(&line, at);
    put_str(&line, "\",\"level\":\"");
    put_str(&line, names[level]);
    put_str(&line, "\",\"event\":");
    put_quoted(&line, event);
    BUG_IF(line.full); /* events are short constants */
    for (size_t i = 0; i < field_count; i++) {
        put_field(&line, &fields[i]);
    }
    line.text[line.length++] = '}';
    line.text[line.length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line.text, line.length);
    (void)written; /* a log that cannot be written must not stop money */
}
