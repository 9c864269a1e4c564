/* keyring.c — whose signature counts; see verify_int.h. A document carries the history of its log's
 * keys: each key after the first comes with a note in which the key before, and the key itself,
 * sign the change. So a key pinned years ago still leads to today's. */
#include "verify/verify_int.h"

#include <string.h>

#include "core/str.h"

static bool keys_add(struct note_key *keys, size_t *count, const struct note_key *key)
{
    for (size_t i = 0; i < *count; i++) {
        if (note_key_equal(&keys[i], key)) {
            return true;
        }
    }
    if (*count == VERIFY_KEYS_MAX) {
        return false;
    }
    keys[(*count)++] = *key;
    return true;
}

static enum err keys_parse_json(const char *data, size_t length, struct verify_keys *ret)
{
    json_t *root = doc_parse(data, length);
    json_t *list = json_object_get(root, "keys");
    struct verify_keys keys = {.count = 0};
    enum err err = ERR_OK;
    if (!json_is_array(list)) {
        err = ERR_KEY_MALFORMED;
        goto out;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text =
            json_string_value(json_object_get(json_array_get(list, i), "verifier_key"));
        struct note_key key;
        if (text == NULL || note_key_parse(text, strlen(text), &key) != ERR_OK) {
            err = ERR_KEY_MALFORMED;
            goto out;
        }
        if (!keys_add(keys.keys, &keys.count, &key)) {
            err = ERR_TOO_LARGE;
            goto out;
        }
    }
    if (keys.count == 0) {
        err = ERR_KEY_MALFORMED;
        goto out;
    }
    *ret = keys;
out:
    json_decref(root);
    return err;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

enum err verify_keys_parse(const char *data, size_t length, struct verify_keys *ret)
{
    struct verify_keys keys = {.count = 0};
    size_t at = 0;
    if (length > VERIFY_DOCUMENT_BYTES_MAX) {
        return ERR_TOO_LARGE;
    }
    if (length > 0 && data[0] == '{') {
        return keys_parse_json(data, length, ret);
    }
    while (at < length) {
        size_t end = at;
        while (end < length && data[end] != '\n') {
            end++;
        }
        size_t last = end;
        while (at < last && is_space(data[at])) {
            at++;
        }
        while (last > at && is_space(data[last - 1])) {
            last--;
        }
        if (last > at && data[at] != '#') {
            struct note_key key;
            enum err err = note_key_parse(data + at, last - at, &key);
            if (err != ERR_OK) {
                return err;
            }
            if (!keys_add(keys.keys, &keys.count, &key)) {
                return ERR_TOO_LARGE;
            }
        }
        at = end + 1;
    }
    if (keys.count == 0) {
        return ERR_KEY_MALFORMED;
    }
    *ret = keys;
    return ERR_OK;
}

static bool keyring_has(const struct keyring *keyring, const struct note_key *key)
{
    for (size_t i = 0; i < keyring->count; i++) {
        if (note_key_equal(&keyring->keys[i], key)) {
            return true;
        }
    }
    return false;
}

/* The value of line `number` when it begins with `label` and a space. */
static bool text_line(const char *text, size_t length, size_t number, const char *label,
                      const char **ret_value, size_t *ret_length)
{
    const char *end = text + length;
    size_t label_length = strlen(label);
    for (size_t i = 0; text < end; i++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        if (newline == NULL) {
            return false;
        }
        size_t n = (size_t)(newline - text);
        if (i == number) {
            if (n <= label_length || memcmp(text, label, label_length) != 0 ||
                text[label_length] != ' ') {
                return false;
            }
            *ret_value = text + label_length + 1;
            *ret_length = n - label_length - 1;
            return true;
        }
        text = newline + 1;
    }
    return false;
}

static bool line_is(const char *text, size_t length, const char *line)
{
    size_t n = strlen(line);
    return length > n && memcmp(text, line, n) == 0 && text[n] == '\n';
}

/* True when the note is a rotation to `to`, signed by it and by a key in the ring. */
static bool rotation_is_right(const struct keyring *keyring, const char *text, const char *origin,
                              const struct note_key *to)
{
    struct note note;
    struct note_key from, named;
    const char *value;
    size_t n;
    if (note_parse(text, strlen(text), &note) != ERR_OK ||
        !line_is(note.text, note.text_length, VERIFY_ROTATION_HEADER) ||
        !text_line(note.text, note.text_length, 1, "origin", &value, &n) || n != strlen(origin) ||
        memcmp(value, origin, n) != 0) {
        return false;
    }
    if (!text_line(note.text, note.text_length, 2, "from", &value, &n) ||
        note_key_parse(value, n, &from) != ERR_OK || !keyring_has(keyring, &from)) {
        return false;
    }
    if (!text_line(note.text, note.text_length, 3, "to", &value, &n) ||
        note_key_parse(value, n, &named) != ERR_OK || !note_key_equal(&named, to)) {
        return false;
    }
    return note_check(&note, &from, NULL) == ERR_OK && note_check(&note, to, NULL) == ERR_OK;
}

void keyring_init(struct keyring *keyring, const struct verify_keys *trusted, json_t *document_keys,
                  const char *origin, struct verify_report *report)
{
    memset(keyring, 0, sizeof(*keyring));
    keyring->from_caller = trusted->count > 0;
    for (size_t i = 0; i < trusted->count; i++) {
        (void)keys_add(keyring->keys, &keyring->count, &trusted->keys[i]);
    }
    for (size_t i = 0; i < json_array_size(document_keys); i++) {
        struct doc doc;
        struct note_key key;
        doc_init(&doc, json_array_get(document_keys, i));
        const char *text = doc_text(&doc, "key", false);
        const char *rotation = doc_text(&doc, "rotation", true);
        if (!doc_end(&doc) || note_key_parse(text, strlen(text), &key) != ERR_OK) {
            report_fail(report, VERIFY_FORMAT, ERR_KEY_MALFORMED, -1,
                        "key %zu of the document cannot be read", i);
            return;
        }
        bool is_root = !keyring->from_caller && i == 0;
        if (is_root || (rotation != NULL && rotation_is_right(keyring, rotation, origin, &key))) {
            (void)keys_add(keyring->keys, &keyring->count, &key);
        } else if (rotation != NULL && !keyring->from_caller) {
            report_fail(report, VERIFY_KEY_KNOWN, ERR_KEY_ROTATION_INVALID, -1,
                        "the change to key %zu is not signed by the key before", i);
        }
    }
    if (keyring->count == 0) {
        report_fail(report, VERIFY_FORMAT, ERR_DOCUMENT_MALFORMED, -1,
                    "the document names no key and none was given");
    }
}

enum err keyring_check(const struct keyring *keyring, const char *text, struct note *ret_note,
                       const struct note_key **ret_key)
{
    enum err err = note_parse(text, strlen(text), ret_note);
    if (err != ERR_OK) {
        return err;
    }
    enum err worst = ERR_KEY_UNKNOWN;
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->keys[i].type != NOTE_KEY_ED25519) {
            continue;
        }
        err = note_check(ret_note, &keyring->keys[i], NULL);
        if (err == ERR_OK) {
            *ret_key = &keyring->keys[i];
            return ERR_OK;
        }
        if (err == ERR_SIGNATURE_INVALID) {
            worst = err;
        }
    }
    return worst;
}

uint32_t keyring_witnesses(const struct keyring *keyring, const struct note *note, enum err *ret)
{
    uint32_t count = 0;
    *ret = ERR_OK;
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->keys[i].type != NOTE_KEY_COSIGNATURE) {
            continue;
        }
        enum err err = note_check(note, &keyring->keys[i], NULL);
        if (err == ERR_OK) {
            count++;
        } else if (err == ERR_SIGNATURE_INVALID) {
            *ret = err;
        }
    }
    return count;
}
