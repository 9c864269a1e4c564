/* verify.c — finds out what a file is, and compares two; see verify.h. */
#include "verify/verify_int.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

enum err verify_read_line(FILE *file, char *line, size_t bytes_max, size_t *ret_length,
                          bool *ret_end)
{
    size_t length = 0;
    int c = 0;
    while (length <= bytes_max) {
        c = getc_unlocked(file);
        if (c == EOF || c == '\n') {
            break;
        }
        if (length == bytes_max) {
            return ERR_TOO_LARGE;
        }
        line[length++] = (char)c;
    }
    if (c == EOF && ferror(file)) {
        return ERR_IO_FAILED;
    }
    line[length] = '\0';
    *ret_length = length;
    *ret_end = c == EOF && length == 0;
    return ERR_OK;
}

/* Appends what is left of the file. */
static enum err read_rest(FILE *file, char *text, size_t *length)
{
    size_t room = VERIFY_DOCUMENT_BYTES_MAX - *length;
    size_t got = fread(text + *length, 1, room, file);
    if (ferror(file)) {
        return ERR_IO_FAILED;
    }
    *length += got;
    text[*length] = '\0';
    return got == room && getc(file) != EOF ? ERR_TOO_LARGE : ERR_OK;
}

static bool format_is(json_t *document, const char *format)
{
    const char *text = json_string_value(json_object_get(document, "format"));
    return text != NULL && str_equal(text, format);
}

static void verify_json(const char *text, size_t length, const struct verify_keys *keys,
                        const struct verify_watch *watch, struct verify_report *report)
{
    json_t *document = doc_parse(text, length);
    if (format_is(document, VERIFY_FORMAT_RECEIPT)) {
        verify_receipt(document, keys, watch, report);
    } else if (format_is(document, VERIFY_FORMAT_CONSISTENCY)) {
        verify_consistency(document, keys, report);
    } else if (!json_is_object(document)) {
        report_fail(report, VERIFY_FORMAT, ERR_DOCUMENT_MALFORMED, -1,
                    "this is not one JSON object");
    } else {
        report_fail(report, VERIFY_FORMAT, ERR_FORMAT_UNSUPPORTED, -1,
                    "'format' names nothing that this program knows");
    }
    json_decref(document);
}

static enum err verify_any(FILE *file, char *text, const struct verify_keys *keys,
                           const struct verify_watch *watch, struct verify_report *report)
{
    size_t length = 0;
    bool at_end = false;
    enum err err = verify_read_line(file, text, VERIFY_DOCUMENT_BYTES_MAX - 1, &length, &at_end);
    if (err == ERR_OK && !at_end) {
        json_t *first = text[0] == '{' ? doc_parse(text, length) : NULL;
        if (format_is(first, VERIFY_FORMAT_STATEMENT)) {
            err = verify_statement(first, file, keys, watch, report);
            json_decref(first);
            return err;
        }
        json_decref(first);
        text[length++] = '\n';
        err = read_rest(file, text, &length);
    }
    if (err == ERR_TOO_LARGE) {
        report_fail(report, VERIFY_FORMAT, ERR_DOCUMENT_MALFORMED, -1,
                    "a document of this kind has at most %u bytes", VERIFY_DOCUMENT_BYTES_MAX);
        return ERR_OK;
    }
    if (err != ERR_OK) {
        return err;
    }
    size_t start = strspn(text, " \t\r\n");
    if (text[start] == '{') {
        verify_json(text, length, keys, watch, report);
        return ERR_OK;
    }
    verify_checkpoint(text, length, keys, report);
    return ERR_OK;
}

enum err verify_file(FILE *file, const struct verify_keys *keys, const struct verify_watch *watch,
                     struct verify_report *ret)
{
    static const enum verify_check_id FORMAT[] = {VERIFY_FORMAT};
    char *text = malloc(VERIFY_DOCUMENT_BYTES_MAX + 2);
    BUG_IF(text == NULL);
    report_init(ret);
    report_expect(ret, FORMAT, 1);
    text[0] = '\0';
    enum err err = verify_any(file, text, keys, watch, ret);
    free(text);
    report_finish(ret);
    return err;
}

/* ---- two documents ---- */

static bool same_log(const struct verify_facts *a, const struct verify_facts *b)
{
    return str_equal(a->origin, b->origin) && a->epoch == b->epoch;
}

static int64_t sealed_size(const struct verify_facts *facts)
{
    return facts->promise_size >= 0 ? facts->promise_size : facts->log_size;
}

/* `whole` states where the account stood at a size of the log; `other` shows a later entry that was
 * in the log by then. */
static bool hides_entry(const struct verify_report *whole, const struct verify_facts *other)
{
    return whole->kind == VERIFY_STATEMENT && other->log_index >= 0 &&
           other->log_index < sealed_size(&whole->facts) && other->seq > whole->facts.seq;
}

static bool heads_differ(const struct verify_facts *a, const struct verify_facts *b)
{
    if (a->seq == b->seq) {
        return !hash_equal(&a->head, &b->head);
    }
    if (b->watched_seq == a->seq) {
        return !hash_equal(&a->head, &b->watched_head);
    }
    return a->watched_seq == b->seq && !hash_equal(&b->head, &a->watched_head);
}

enum err verify_compare(const struct verify_report *a, const struct verify_report *b,
                        char ret_detail[VERIFY_DETAIL_MAX])
{
    const struct verify_facts *fa = &a->facts;
    const struct verify_facts *fb = &b->facts;
    if (!same_log(fa, fb)) {
        snprintf(ret_detail, VERIFY_DETAIL_MAX, "they speak of different logs or epochs");
        return ERR_DOCUMENTS_NOT_COMPARABLE;
    }
    if (fa->log_size >= 0 && fa->log_size == fb->log_size && !hash_equal(&fa->root, &fb->root)) {
        snprintf(ret_detail, VERIFY_DETAIL_MAX,
                 "two different roots are signed for a log of %lld leaves",
                 (long long)fa->log_size);
        return ERR_EQUIVOCATION_FOUND;
    }
    bool same_account = fa->account_id != 0 && fa->account_id == fb->account_id;
    if (same_account && heads_differ(fa, fb)) {
        snprintf(ret_detail, VERIFY_DETAIL_MAX,
                 "two different entries are signed as number %lld of the same account",
                 (long long)(fa->seq < fb->seq ? fa->seq : fb->seq));
        return ERR_EQUIVOCATION_FOUND;
    }
    if (same_account && (hides_entry(a, fb) || hides_entry(b, fa))) {
        snprintf(ret_detail, VERIFY_DETAIL_MAX,
                 "one says the account ended at entry %lld, the other shows entry %lld in the log "
                 "by then",
                 (long long)(fa->seq < fb->seq ? fa->seq : fb->seq),
                 (long long)(fa->seq < fb->seq ? fb->seq : fa->seq));
        return ERR_EQUIVOCATION_FOUND;
    }
    snprintf(ret_detail, VERIFY_DETAIL_MAX, "%s",
             fa->log_size >= 0 && fb->log_size >= 0 && fa->log_size != fb->log_size
                 ? "nothing contradicts; ask for a consistency proof between the two checkpoints"
                 : "nothing contradicts");
    return ERR_OK;
}
