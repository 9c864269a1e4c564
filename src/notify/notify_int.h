/* notify_int.h — private to src/notify/: the opened module. */
#ifndef JN_NOTIFY_INT_H
#define JN_NOTIFY_INT_H

#include <stdatomic.h>

#include "notify/notify.h"

#define NOTIFY_BATCH       2 /* claimed at once: few, so that a dead process delays few, and not long */
#define NOTIFY_ARENA_BYTES ((size_t)4 << 20)

struct notify {
    struct store *store;
    const struct clock *clock;
    struct id_source *ids;
    struct notify_port port;
    struct transport sms, email;
    _Atomic bool stopping;
};

static inline struct store_text notify_text_of(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return (struct store_text){text, (uint32_t)length};
}

/* The code of a message as people type it. */
void notify_message_code(struct notify *notify, int64_t message_id, char ret[NOTIFY_CODE_TEXT_MAX]);

#endif
