/* catalogue.c — see catalogue.h. */
#include "notify/catalogue.h"

#include <string.h>

static int compare(const char *name, const char *text, size_t length)
{
    int order = strncmp(name, text, length);

    return order != 0 ? order : (int)(strlen(name) > length);
}

const struct notify_topic *notify_topic_find(const char *name, size_t length)
{
    size_t low = 0, high = notify_topic_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(notify_topics[middle].name, name, length);

        if (order == 0) {
            return &notify_topics[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct notify_word *notify_word_find(const char *name, size_t length)
{
    for (size_t i = 0; i < notify_word_count; i++) {
        if (compare(notify_words[i].name, name, length) == 0) {
            return &notify_words[i];
        }
    }
    return NULL;
}
