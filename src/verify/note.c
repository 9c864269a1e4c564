/* note.c — keys and signed notes; see note.h. */
#include "verify/note.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/rng.h"
#include "core/str.h"

static const char SIGNATURE_MARK[] = "\xe2\x80\x94 "; /* em dash, space */
#define SIGNATURE_MARK_LENGTH (sizeof(SIGNATURE_MARK) - 1)
#define COSIGNED_MAX          (NOTE_BYTES_MAX + 64)

bool note_name_is_valid(const char *name, size_t length)
{
    if (length == 0 || length > NOTE_NAME_MAX || !str_is_utf8(name, length)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        /* U+0085, U+00A0, U+2028 and the like are white space too: what is not ASCII is left to
         * those who choose a name of their own. */
        if (c <= ' ' || c == '+' || c >= 0x7f) {
            return false;
        }
    }
    return true;
}

void note_key_make(const char *name, enum note_key_type type, const uint8_t public_key[32],
                   struct note_key *ret)
{
    size_t length = strlen(name);
    uint8_t record[NOTE_NAME_MAX + 34];
    struct sha256_hash hash;
    BUG_IF(!note_name_is_valid(name, length));
    memset(ret, 0, sizeof(*ret));
    memcpy(ret->name, name, length + 1);
    ret->type = type;
    memcpy(ret->public_key, public_key, 32);
    memcpy(record, name, length);
    record[length] = '\n';
    record[length + 1] = (uint8_t)type;
    memcpy(record + length + 2, public_key, 32);
    sha256(record, length + 34, &hash);
    memcpy(ret->id, hash.bytes, sizeof(ret->id));
}

enum err note_key_parse(const char *text, size_t length, struct note_key *ret)
{
    const char *first = memchr(text, '+', length);
    const char *second = first ? memchr(first + 1, '+', length - (size_t)(first + 1 - text)) : NULL;
    uint8_t id[4];
    uint8_t blob[33];
    size_t blob_length;
    char name[NOTE_NAME_MAX + 1];
    struct note_key key;
    if (second == NULL || !note_name_is_valid(text, (size_t)(first - text)) ||
        !hex_decode(first + 1, (size_t)(second - first - 1), id, sizeof(id)) ||
        !base64_decode(second + 1, length - (size_t)(second + 1 - text), blob, sizeof(blob),
                       &blob_length) ||
        blob_length != sizeof(blob) ||
        (blob[0] != NOTE_KEY_ED25519 && blob[0] != NOTE_KEY_COSIGNATURE)) {
        return ERR_KEY_MALFORMED;
    }
    memcpy(name, text, (size_t)(first - text));
    name[first - text] = '\0';
    note_key_make(name, (enum note_key_type)blob[0], blob + 1, &key);
    if (memcmp(key.id, id, sizeof(id)) != 0) {
        return ERR_KEY_MALFORMED;
    }
    *ret = key;
    return ERR_OK;
}

size_t note_key_format(const struct note_key *key, char ret[NOTE_KEY_TEXT_MAX])
{
    char id[9];
    char encoded[48];
    uint8_t blob[33];
    hex_encode(key->id, sizeof(key->id), id);
    blob[0] = (uint8_t)key->type;
    memcpy(blob + 1, key->public_key, 32);
    base64_encode(blob, sizeof(blob), encoded);
    int length = snprintf(ret, NOTE_KEY_TEXT_MAX, "%s+%s+%s", key->name, id, encoded);
    BUG_IF(length < 0 || length >= NOTE_KEY_TEXT_MAX);
    return (size_t)length;
}

bool note_key_equal(const struct note_key *a, const struct note_key *b)
{
    return a->type == b->type && strcmp(a->name, b->name) == 0 &&
           memcmp(a->public_key, b->public_key, sizeof(a->public_key)) == 0;
}

void note_signer_from_seed(const char *name, enum note_key_type type, const uint8_t seed[32],
                           struct note_signer *ret)
{
    uint8_t public_key[32];
    BUG_IF(sodium_init() < 0);
    memset(ret, 0, sizeof(*ret));
    BUG_IF(crypto_sign_seed_keypair(public_key, ret->secret_key, seed) != 0);
    note_key_make(name, type, public_key, &ret->key);
}

void note_signer_create(const char *name, enum note_key_type type, struct note_signer *ret)
{
    uint8_t seed[32];
    rng_secure(seed, sizeof(seed));
    note_signer_from_seed(name, type, seed, ret);
    secret_wipe(seed, sizeof(seed));
}

void note_signer_wipe(struct note_signer *signer)
{
    secret_wipe(signer, sizeof(*signer));
}

/* What is signed: the text, or for a witness the text under a header with its time. */
static void signed_message(enum note_key_type type, const char *text, size_t length, int64_t at_s,
                           struct buf *ret)
{
    if (type == NOTE_KEY_COSIGNATURE) {
        buf_printf(ret, "cosignature/v1\ntime %lld\n", (long long)at_s);
    }
    buf_add(ret, text, length);
}

void note_sign(const struct note_signer *signer, const char *text, size_t text_length, int64_t at_s,
               struct buf *ret)
{
    struct buf message, blob;
    uint8_t signature[64];
    char encoded[128];
    BUG_IF(text_length == 0 || text_length > NOTE_BYTES_MAX || text[text_length - 1] != '\n');
    buf_init(&message, COSIGNED_MAX);
    signed_message(signer->key.type, text, text_length, at_s, &message);
    BUG_IF(!buf_ok(&message));
    crypto_sign_detached(signature, NULL, message.data, message.length, signer->secret_key);
    buf_done(&message);
    buf_init(&blob, 80);
    buf_add(&blob, signer->key.id, sizeof(signer->key.id));
    if (signer->key.type == NOTE_KEY_COSIGNATURE) {
        buf_add_u64be(&blob, (uint64_t)at_s);
    }
    buf_add(&blob, signature, sizeof(signature));
    BUG_IF(!buf_ok(&blob));
    base64_encode(blob.data, blob.length, encoded);
    buf_done(&blob);
    buf_printf(ret, "%s%s %s\n", SIGNATURE_MARK, signer->key.name, encoded);
}

void note_write(const struct note_signer *signer, const char *text, size_t text_length,
                struct buf *ret)
{
    buf_add(ret, text, text_length);
    buf_add_str(ret, "\n");
    note_sign(signer, text, text_length, 0, ret);
}

static bool signature_parse(const char *line, size_t length, struct note_signature *ret)
{
    if (length <= SIGNATURE_MARK_LENGTH ||
        memcmp(line, SIGNATURE_MARK, SIGNATURE_MARK_LENGTH) != 0) {
        return false;
    }
    const char *name = line + SIGNATURE_MARK_LENGTH;
    const char *end = line + length;
    const char *space = memchr(name, ' ', (size_t)(end - name));
    uint8_t blob[256];
    size_t blob_length;
    if (space == NULL || space == name || (size_t)(space - name) > NOTE_NAME_MAX ||
        !base64_decode(space + 1, (size_t)(end - space - 1), blob, sizeof(blob), &blob_length) ||
        blob_length < 5) {
        return false;
    }
    ret->name = name;
    ret->name_length = (size_t)(space - name);
    memcpy(ret->id, blob, 4);
    ret->length = blob_length - 4;
    if (ret->length > sizeof(ret->bytes)) {
        ret->length = 0; /* an algorithm we do not know: kept as unusable */
        return true;
    }
    memcpy(ret->bytes, blob + 4, ret->length);
    return true;
}

/* Where the signature lines begin: after the last empty line. NULL if there is none. */
static const char *signatures_start(const char *data, size_t length)
{
    for (size_t i = length - 1; i > 0; i--) {
        if (data[i] == '\n' && data[i - 1] == '\n' && i + 1 < length) {
            return data + i + 1;
        }
    }
    return NULL;
}

enum err note_parse(const char *data, size_t length, struct note *ret)
{
    struct note note = {0};
    if (length < 4 || length > NOTE_BYTES_MAX || data[length - 1] != '\n' ||
        !str_is_utf8(data, length)) {
        return ERR_NOTE_MALFORMED;
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)data[i] < ' ' && data[i] != '\n') {
            return ERR_NOTE_MALFORMED;
        }
    }
    const char *line = signatures_start(data, length);
    if (line == NULL) {
        return ERR_NOTE_MALFORMED;
    }
    note.text = data;
    note.text_length = (size_t)(line - 1 - data);
    while (line < data + length) {
        const char *end = memchr(line, '\n', (size_t)(data + length - line));
        if (end == NULL || note.signature_count == NOTE_SIGNATURES_MAX ||
            !signature_parse(line, (size_t)(end - line), &note.signatures[note.signature_count])) {
            return ERR_NOTE_MALFORMED;
        }
        note.signature_count++;
        line = end + 1;
    }
    *ret = note;
    return ERR_OK;
}

static bool signature_is_right(const struct note *note, const struct note_signature *signature,
                               const struct note_key *key, int64_t *ret_at_s)
{
    size_t time_bytes = key->type == NOTE_KEY_COSIGNATURE ? 8 : 0;
    uint64_t at_s = 0;
    struct buf message;
    if (signature->length != time_bytes + 64) {
        return false;
    }
    for (size_t i = 0; i < time_bytes; i++) {
        at_s = at_s << 8 | signature->bytes[i];
    }
    if (at_s > INT64_MAX) {
        return false;
    }
    buf_init(&message, COSIGNED_MAX);
    signed_message(key->type, note->text, note->text_length, (int64_t)at_s, &message);
    bool right =
        buf_ok(&message) && crypto_sign_verify_detached(signature->bytes + time_bytes, message.data,
                                                        message.length, key->public_key) == 0;
    buf_done(&message);
    if (right && ret_at_s != NULL) {
        *ret_at_s = (int64_t)at_s;
    }
    return right;
}

enum err note_check(const struct note *note, const struct note_key *key, int64_t *ret_at_s)
{
    BUG_IF(sodium_init() < 0);
    for (size_t i = 0; i < note->signature_count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        if (memcmp(signature->id, key->id, sizeof(key->id)) != 0 ||
            signature->name_length != strlen(key->name) ||
            memcmp(signature->name, key->name, signature->name_length) != 0) {
            continue;
        }
        return signature_is_right(note, signature, key, ret_at_s) ? ERR_OK : ERR_SIGNATURE_INVALID;
    }
    return ERR_KEY_UNKNOWN;
}
