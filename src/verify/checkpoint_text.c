/* checkpoint_text.c — the text of a checkpoint (c2sp.org/tlog-checkpoint); see note.h. */
#include "verify/note.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"

size_t checkpoint_format(const struct checkpoint *checkpoint, char ret[CHECKPOINT_TEXT_MAX])
{
    char root[48];
    base64_encode(checkpoint->root.bytes, sizeof(checkpoint->root.bytes), root);
    int length = snprintf(ret, CHECKPOINT_TEXT_MAX, "%s\n%lld\n%s\n", checkpoint->origin,
                          (long long)checkpoint->size, root);
    BUG_IF(length < 0 || length >= CHECKPOINT_TEXT_MAX);
    size_t at = (size_t)length;
    if (checkpoint->epoch > 0) {
        length = snprintf(ret + at, CHECKPOINT_TEXT_MAX - at, "epoch %lld\n",
                          (long long)checkpoint->epoch);
        BUG_IF(length < 0 || (size_t)length >= CHECKPOINT_TEXT_MAX - at);
        at += (size_t)length;
    }
    return at;
}

struct lines {
    const char *at;
    const char *end;
};

/* False at the end; a line never holds its newline. */
static bool line_next(struct lines *lines, const char **ret_line, size_t *ret_length)
{
    const char *newline =
        lines->at < lines->end ? memchr(lines->at, '\n', (size_t)(lines->end - lines->at)) : NULL;
    if (newline == NULL) {
        return false;
    }
    *ret_line = lines->at;
    *ret_length = (size_t)(newline - lines->at);
    lines->at = newline + 1;
    return true;
}

/* Decimal without leading zeros. */
static bool number_parse(const char *text, size_t length, int64_t *ret)
{
    return length > 0 && (length == 1 || text[0] != '0') && text[0] != '-' &&
           str_parse_i64(text, length, ret);
}

enum err checkpoint_parse(const char *text, size_t length, struct checkpoint *ret)
{
    static const char EPOCH[] = "epoch ";
    const size_t epoch_length = sizeof(EPOCH) - 1;
    struct lines lines = {.at = text, .end = text + length};
    struct checkpoint found = {.epoch = 0};
    const char *line;
    size_t n;
    size_t root_length;
    if (!line_next(&lines, &line, &n) || n == 0 || n > NOTE_NAME_MAX) {
        return ERR_CHECKPOINT_MALFORMED;
    }
    memcpy(found.origin, line, n);
    if (!line_next(&lines, &line, &n) || !number_parse(line, n, &found.size)) {
        return ERR_CHECKPOINT_MALFORMED;
    }
    if (!line_next(&lines, &line, &n) ||
        !base64_decode(line, n, found.root.bytes, sizeof(found.root.bytes), &root_length) ||
        root_length != sizeof(found.root.bytes)) {
        return ERR_CHECKPOINT_MALFORMED;
    }
    while (line_next(&lines, &line, &n)) {
        if (n == 0) {
            return ERR_CHECKPOINT_MALFORMED;
        }
        if (n < epoch_length || memcmp(line, EPOCH, epoch_length) != 0) {
            continue;
        }
        if (found.epoch != 0 ||
            !number_parse(line + epoch_length, n - epoch_length, &found.epoch) ||
            found.epoch == 0) {
            return ERR_CHECKPOINT_MALFORMED;
        }
    }
    if (lines.at != lines.end) {
        return ERR_CHECKPOINT_MALFORMED;
    }
    *ret = found;
    return ERR_OK;
}
