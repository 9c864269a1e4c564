/* audit_note.c — keys and signed notes (c2sp.org/signed-note), read a second time. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "core/str.h"

bool audit_key_parse(const char *text, size_t length, struct audit_key *ret)
{
    struct audit_key key = {.type = 0};
    uint8_t record[256];
    uint8_t blob[33];
    struct sha256_hash hash;
    size_t blob_length = 0;
    const char *first = memchr(text, '+', length);
    if (first == NULL || first == text || (size_t)(first - text) >= sizeof(key.name) ||
        length < (size_t)(first - text) + 10 || first[9] != '+' || length >= sizeof(key.text) ||
        !hex_decode(first + 1, 8, key.id, 4) ||
        !base64_decode(first + 10, length - (size_t)(first + 10 - text), blob, sizeof(blob),
                       &blob_length) ||
        blob_length != sizeof(blob)) {
        return false;
    }
    size_t name = (size_t)(first - text);
    memcpy(key.name, text, name);
    memcpy(key.text, text, length);
    key.type = blob[0];
    memcpy(key.public_key, blob + 1, 32);
    memcpy(record, text, name);
    record[name] = '\n';
    memcpy(record + name + 1, blob, sizeof(blob));
    sha256(record, name + 1 + sizeof(blob), &hash);
    if (memcmp(hash.bytes, key.id, 4) != 0 || (key.type != 1 && key.type != 4)) {
        return false;
    }
    *ret = key;
    return true;
}

/* The line "— name base64" by this key; its decoded bytes after the id. */
static bool find_signature(const char *lines, const char *end, const struct audit_key *key,
                           uint8_t ret[72], size_t *ret_length)
{
    static const char MARK[] = "\xe2\x80\x94 ";
    size_t name = strlen(key->name);
    while (lines < end) {
        const char *newline = memchr(lines, '\n', (size_t)(end - lines));
        const char *stop = newline != NULL ? newline : end;
        const char *at = lines + sizeof(MARK) - 1;
        uint8_t blob[80];
        size_t length = 0;
        if ((size_t)(stop - lines) > sizeof(MARK) + name &&
            memcmp(lines, MARK, sizeof(MARK) - 1) == 0 && memcmp(at, key->name, name) == 0 &&
            at[name] == ' ' &&
            base64_decode(at + name + 1, (size_t)(stop - at) - name - 1, blob, sizeof(blob),
                          &length) &&
            length > 4 && length <= 76 && memcmp(blob, key->id, 4) == 0) {
            memcpy(ret, blob + 4, length - 4);
            *ret_length = length - 4;
            return true;
        }
        lines = stop + 1;
    }
    return false;
}

bool audit_note_signed(const char *note, size_t length, const struct audit_key *key,
                       size_t *ret_text_length)
{
    uint8_t signature[72];
    char message[20000];
    size_t signature_length = 0;
    size_t split = 0;
    for (size_t i = 1; i + 1 < length; i++) {
        if (note[i] == '\n' && note[i - 1] == '\n') {
            split = i;
        }
    }
    if (split == 0 || length > 16384 ||
        !find_signature(note + split + 1, note + length, key, signature, &signature_length)) {
        return false;
    }
    *ret_text_length = split;
    size_t at = 0;
    if (key->type == 4) {
        uint64_t seconds = 0;
        for (size_t i = 0; i < 8; i++) {
            seconds = seconds << 8 | signature[i];
        }
        at = (size_t)snprintf(message, 64, "cosignature/v1\ntime %llu\n",
                              (unsigned long long)seconds);
    }
    if (signature_length != (key->type == 4 ? 72U : 64U) || sodium_init() < 0) {
        return false;
    }
    memcpy(message + at, note, split);
    return crypto_sign_verify_detached(signature + (key->type == 4 ? 8 : 0),
                                       (const uint8_t *)message, at + split, key->public_key) == 0;
}
