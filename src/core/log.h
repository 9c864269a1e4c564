/* log.h — one JSON object a line on standard error. Domain code does not log; http, api, main and
 * workers do. Values are numbers or short technical strings: never personal data, never secrets. */
#ifndef JN_CORE_LOG_H
#define JN_CORE_LOG_H

#include "core/base.h"

enum log_level { LOG_DEBUG = 0, LOG_INFO = 1, LOG_WARN = 2, LOG_ERROR = 3, LOG_NOTHING = 4 };

struct log_field {
    const char *key;
    const char *text; /* NULL: the number counts */
    int64_t number;
};
#define LOG_TEXT(k, v)   ((struct log_field){.key = (k), .text = (v)})
#define LOG_NUMBER(k, v) ((struct log_field){.key = (k), .number = (v)})

void log_set_level(enum log_level level);
/* One write(2) of {"at":…,"level":…,"event":…,fields…}; thread-safe. */
void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t field_count);
#define LOG(level, event, ...)                                                                     \
    log_event((level), (event), (const struct log_field[]){__VA_ARGS__},                           \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

#endif
