/* checkpoint_keys.c — where the log's keys are kept, and how one follows another; see checkpoint.h.
 * A secret is written and synced before the row that makes it the newest, so that a crash between
 * the two leaves an unused file and nothing worse. */
#include "ledger/checkpoint_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rng.h"
#include "core/str.h"
#include "q_proof.h"

#define SECRET_PREFIX    "PRIVATE+KEY+"
#define SECRET_BYTES_MAX 512

/* ---- files ---- */

void sealer_key_path(const char *data_dir, const struct note_key *key, char ret[SEALER_PATH_MAX])
{
    char id[9];
    hex_encode(key->id, sizeof(key->id), id);
    int length = snprintf(ret, SEALER_PATH_MAX, "%s/log-%s.key", data_dir, id);
    BUG_IF(length < 0 || length >= SEALER_PATH_MAX);
}

static bool write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        text += written;
        length -= (size_t)written;
    }
    return true;
}

enum err sealer_write_file(const char *path, const char *text, size_t length, int mode, bool sync)
{
    char temporary[SEALER_PATH_MAX];
    int n = snprintf(temporary, sizeof(temporary), "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof(temporary)) {
        return ERR_IO_FAILED;
    }
    (void)unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        return ERR_IO_FAILED;
    }
    bool good = write_all(fd, text, length) && (!sync || fsync(fd) == 0);
    good = close(fd) == 0 && good;
    if (!good || rename(temporary, path) != 0) {
        (void)unlink(temporary);
        return ERR_IO_FAILED;
    }
    return ERR_OK;
}

enum err sealer_read_file(const char *path, size_t bytes_max, char **ret, size_t *ret_length)
{
    FILE *file = fopen(path, "re");
    enum err err = ERR_OK;
    char *text = NULL;
    if (file == NULL) {
        return errno == ENOENT ? ERR_FILE_NOT_FOUND : ERR_IO_FAILED;
    }
    text = malloc(bytes_max + 2);
    BUG_IF(text == NULL);
    size_t length = fread(text, 1, bytes_max + 1, file);
    if (ferror(file)) {
        err = ERR_IO_FAILED;
        goto out;
    }
    if (length > bytes_max) {
        err = ERR_TOO_LARGE;
        goto out;
    }
    text[length] = '\0';
    *ret_length = length;
    *ret = TAKE_PTR(text);
out:
    free(text);
    (void)fclose(file);
    return err;
}

/* ---- secrets: the form that other tools for signed notes use ---- */

static enum err secret_write(const char *data_dir, const struct note_signer *signer)
{
    char path[SEALER_PATH_MAX];
    char id[9];
    char encoded[48];
    char text[SECRET_BYTES_MAX];
    uint8_t blob[33];
    sealer_key_path(data_dir, &signer->key, path);
    hex_encode(signer->key.id, sizeof(signer->key.id), id);
    blob[0] = (uint8_t)signer->key.type;
    memcpy(blob + 1, signer->secret_key, 32); /* libsodium: the seed comes first */
    base64_encode(blob, sizeof(blob), encoded);
    int length =
        snprintf(text, sizeof(text), SECRET_PREFIX "%s+%s+%s\n", signer->key.name, id, encoded);
    BUG_IF(length < 0 || (size_t)length >= sizeof(text));
    enum err err = sealer_write_file(path, text, (size_t)length, 0600, true);
    secret_wipe(blob, sizeof(blob));
    secret_wipe(encoded, sizeof(encoded));
    secret_wipe(text, sizeof(text));
    return err;
}

static bool secret_parse(const char *text, size_t length, const struct note_key *key,
                         struct note_signer *ret)
{
    uint8_t blob[33];
    size_t blob_length = 0;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    /* Base64 may hold a plus: the last field begins after the fourth. */
    const char *at = text;
    for (int i = 0; i < 4 && at != NULL; i++) {
        at = memchr(at, '+', (size_t)(text + length - at));
        at = at != NULL ? at + 1 : NULL;
    }
    bool good = at != NULL && str_starts_with(text, SECRET_PREFIX) &&
                base64_decode(at, (size_t)(text + length - at), blob, sizeof(blob), &blob_length) &&
                blob_length == sizeof(blob) && blob[0] == NOTE_KEY_ED25519;
    if (good) {
        note_signer_from_seed(key->name, NOTE_KEY_ED25519, blob + 1, ret);
        good = note_key_equal(&ret->key, key);
    }
    secret_wipe(blob, sizeof(blob));
    return good;
}

static enum err secret_read(const char *data_dir, const struct note_key *key,
                            struct note_signer *ret)
{
    char path[SEALER_PATH_MAX];
    struct stat status;
    char *text = NULL;
    size_t length = 0;
    sealer_key_path(data_dir, key, path);
    if (stat(path, &status) == 0 && (status.st_mode & 077) != 0) {
        return ERR_SIGNING_KEY_INVALID;
    }
    enum err err = sealer_read_file(path, SECRET_BYTES_MAX, &text, &length);
    if (err != ERR_OK) {
        return err == ERR_FILE_NOT_FOUND ? ERR_SIGNING_KEY_MISSING : ERR_SIGNING_KEY_INVALID;
    }
    err = secret_parse(text, length, key, ret) ? ERR_OK : ERR_SIGNING_KEY_INVALID;
    secret_wipe(text, length);
    free(text);
    return err;
}

/* ---- rows ---- */

void sealer_keys_done(struct sealer_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        free(keys->rotations[i]);
    }
    note_signer_wipe(&keys->signer);
    memset(keys, 0, sizeof(*keys));
}

struct loading {
    struct sealer_keys *keys;
    bool malformed;
};

static bool load_key(const struct q_proof_keys_list_row *row, void *arg)
{
    struct loading *loading = arg;
    struct sealer_keys *keys = loading->keys;
    if (keys->count == SEALER_KEYS_MAX || row->verifier_key.length >= NOTE_KEY_TEXT_MAX) {
        loading->malformed = true;
        return false;
    }
    struct document_key *key = &keys->keys[keys->count];
    memcpy(key->text, row->verifier_key.data, row->verifier_key.length);
    key->text[row->verifier_key.length] = '\0';
    key->valid_from_us = row->valid_from_us;
    key->valid_until_us = row->valid_until_us.has ? row->valid_until_us.v : 0;
    if (row->rotation.data != NULL) {
        keys->rotations[keys->count] = strndup(row->rotation.data, row->rotation.length);
        BUG_IF(keys->rotations[keys->count] == NULL);
    }
    key->rotation = keys->rotations[keys->count];
    keys->newest = row->key_number;
    keys->count++;
    return true;
}

static enum err load_keys(struct store_tx *tx, void *arg)
{
    struct loading *loading = arg;
    sealer_keys_done(loading->keys);
    enum err err = q_proof_keys_list_each(tx, load_key, loading);
    return err == ERR_OK && loading->malformed ? ERR_SIGNING_KEY_INVALID : err;
}

enum err sealer_keys_load(struct store *store, const char *data_dir, struct sealer_keys *ret)
{
    struct sealer_keys *keys = calloc(1, sizeof(*keys));
    struct loading loading = {.keys = keys};
    struct note_key newest;
    BUG_IF(keys == NULL);
    enum err err = store_read(store, load_keys, &loading);
    if (err == ERR_OK && keys->count == 0) {
        err = ERR_NOT_INITIALISED;
    }
    if (err == ERR_OK) {
        const char *text = keys->keys[keys->count - 1].text;
        err = note_key_parse(text, strlen(text), &newest) == ERR_OK
                  ? secret_read(data_dir, &newest, &keys->signer)
                  : ERR_SIGNING_KEY_INVALID;
    }
    if (err == ERR_OK) {
        *ret = *keys;
        keys->count = 0; /* the rotations are the caller's now */
    }
    sealer_keys_done(keys);
    free(keys);
    return err;
}

struct adding {
    int64_t number;
    const char *key;
    const char *rotation;
    int64_t now_us;
};

static enum err add_key(struct store_tx *tx, void *arg)
{
    const struct adding *adding = arg;
    if (adding->number > 1) {
        struct q_proof_key_retire_in retire = {.key_number = adding->number - 1,
                                               .valid_until_us = adding->now_us};
        int64_t changed = 0;
        enum err err = q_proof_key_retire(tx, &retire, &changed);
        if (err != ERR_OK || changed != 1) {
            return err != ERR_OK ? err : ERR_STORE_CONFLICT;
        }
    }
    struct q_proof_key_insert_in insert = {
        .key_number = adding->number,
        .verifier_key = {.data = adding->key, .length = (uint32_t)strlen(adding->key)},
        .valid_from_us = adding->now_us,
    };
    if (adding->rotation != NULL) {
        insert.rotation.data = adding->rotation;
        insert.rotation.length = (uint32_t)strlen(adding->rotation);
    }
    return q_proof_key_insert(tx, &insert, NULL);
}

enum err sealer_keys_add(struct store *store, const char *data_dir, const char *origin,
                         const struct sealer_keys *before, int64_t now_us)
{
    struct note_signer signer;
    struct buf rotation;
    char key[NOTE_KEY_TEXT_MAX];
    char text[DOCUMENT_SIGNED_TEXT_MAX];
    struct adding adding = {.number = 1, .key = key, .now_us = now_us};
    if (before != NULL && before->count == SEALER_KEYS_MAX) {
        return ERR_TOO_LARGE;
    }
    buf_init(&rotation, NOTE_BYTES_MAX);
    note_signer_create(origin, NOTE_KEY_ED25519, &signer);
    note_key_format(&signer.key, key);
    if (before != NULL) {
        size_t length =
            document_rotation_text(origin, &before->signer.key, &signer.key, now_us, text);
        note_write(&before->signer, text, length, &rotation);
        note_sign(&signer, text, length, 0, &rotation);
        BUG_IF(!buf_ok(&rotation));
        adding.rotation = (const char *)rotation.data;
        adding.number = before->newest + 1;
    }
    enum err err = secret_write(data_dir, &signer);
    if (err == ERR_OK) {
        err = store_write_sync(store, add_key, &adding, 0);
    }
    note_signer_wipe(&signer);
    buf_done(&rotation);
    return err;
}
