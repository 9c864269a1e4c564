/* checkpoint.c — signing and serving checkpoints; see checkpoint.h. */
#include "ledger/checkpoint_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/rng.h"
#include "core/str.h"
#include "q_proof.h"
#include "verify/verify.h"

#define KEEP_ALL_LEAVES 1048576 /* every checkpoint of so many newest leaves is kept */
#define PRUNE_EVERY     1024    /* seals */
#define WITNESSES_BYTES 16384

/* ---- state ---- */

struct newest {
    int64_t key_number;
    int64_t epoch;
    int64_t sealed_size;
};

static enum err read_newest(struct store_tx *tx, void *arg)
{
    struct newest *newest = arg;
    struct q_proof_key_newest_row row = {0};
    struct q_proof_checkpoint_latest_row latest = {0};
    struct arena *arena = arena_create(1U << 20);
    bool found = false;
    bool sealed = false;
    enum err err = q_proof_key_newest(tx, &row, &found);
    if (err == ERR_OK) {
        err = q_proof_checkpoint_latest(tx, arena, &latest, &sealed);
    }
    if (err == ERR_OK) {
        newest->key_number = row.key_number.has ? row.key_number.v : 0;
        newest->epoch = row.epoch;
        newest->sealed_size = sealed && latest.epoch == row.epoch ? latest.size : -1;
    }
    arena_free(arena);
    return err == ERR_OK && !found ? ERR_LEDGER_CORRUPT : err;
}

/* Keys and epoch as the database has them now: another process may have changed them. */
static enum err refresh(struct sealer *sealer)
{
    struct newest newest = {0};
    enum err err = store_read(sealer->store, read_newest, &newest);
    if (err == ERR_OK && newest.key_number != sealer->keys.newest) {
        struct sealer_keys keys = {.count = 0};
        err = sealer_keys_load(sealer->store, sealer->data_dir, &keys);
        if (err == ERR_OK) {
            sealer_keys_done(&sealer->keys);
            sealer->keys = keys;
            for (size_t i = 0; i < keys.count; i++) {
                sealer->keys.keys[i].rotation = sealer->keys.rotations[i];
            }
            note_signer_wipe(&keys.signer);
        }
    }
    if (err == ERR_OK) {
        sealer->epoch = newest.epoch;
        sealer->sealed_size = newest.sealed_size;
    }
    return err;
}

static void draw_origin(char ret[NOTE_NAME_MAX + 1])
{
    uint8_t bytes[4];
    char hex[9];
    rng_secure(bytes, sizeof(bytes));
    hex_encode(bytes, sizeof(bytes), hex);
    int length = snprintf(ret, NOTE_NAME_MAX + 1, "jinnang.local/log-%s", hex);
    BUG_IF(length < 0 || length > NOTE_NAME_MAX);
}

static enum err make_first_key(const struct sealer *sealer, const char *origin)
{
    char drawn[NOTE_NAME_MAX + 1];
    if (origin == NULL) {
        draw_origin(drawn);
        origin = drawn;
    }
    if (!note_name_is_valid(origin, strlen(origin))) {
        return ERR_CONFIG_INVALID;
    }
    return sealer_keys_add(sealer->store, sealer->data_dir, origin, NULL,
                           clock_now_us(sealer->clock));
}

enum err sealer_open(const struct sealer_config *config, struct sealer **ret)
{
    struct sealer *sealer = calloc(1, sizeof(*sealer));
    size_t length = strlen(config->data_dir);
    BUG_IF(sealer == NULL || length >= sizeof(sealer->data_dir));
    BUG_IF(pthread_mutex_init(&sealer->lock, NULL) != 0);
    memcpy(sealer->data_dir, config->data_dir, length + 1);
    sealer->store = config->store;
    sealer->ledger = config->ledger;
    sealer->clock = config->clock;
    sealer->sealed_size = -1;
    struct newest newest = {0};
    enum err err = store_read(sealer->store, read_newest, &newest);
    if (err == ERR_OK && newest.key_number == 0) {
        err = make_first_key(sealer, config->origin);
    }
    if (err == ERR_OK) {
        err = refresh(sealer);
    }
    if (err != ERR_OK) {
        sealer_close(sealer);
        return err;
    }
    *ret = sealer;
    return ERR_OK;
}

void sealer_close(struct sealer *sealer)
{
    if (sealer != NULL) {
        sealer_keys_done(&sealer->keys);
        pthread_mutex_destroy(&sealer->lock);
        free(sealer);
    }
}

struct ledger *sealer_ledger(struct sealer *sealer)
{
    return sealer->ledger;
}

void sealer_log(struct sealer *sealer, struct arena *arena, struct document_log *ret)
{
    pthread_mutex_lock(&sealer->lock);
    const struct sealer_keys *keys = &sealer->keys;
    struct document_key *copy = arena_alloc_array(arena, keys->count, sizeof(*copy));
    for (size_t i = 0; i < keys->count; i++) {
        copy[i] = keys->keys[i];
        if (keys->rotations[i] != NULL) {
            copy[i].rotation = arena_strdup(arena, keys->rotations[i]);
        }
    }
    ret->origin = arena_strdup(arena, keys->signer.key.name);
    ret->epoch = sealer->epoch;
    ret->keys = copy;
    ret->key_count = keys->count;
    pthread_mutex_unlock(&sealer->lock);
}

void sealer_sign(struct sealer *sealer, const char *text, size_t length, struct buf *ret)
{
    pthread_mutex_lock(&sealer->lock);
    note_write(&sealer->keys.signer, text, length, ret);
    pthread_mutex_unlock(&sealer->lock);
}

/* ---- sealing ---- */

struct storing {
    const struct checkpoint *checkpoint;
    const char *note;
    size_t note_length;
    bool prune;
};

static enum err store_checkpoint(struct store_tx *tx, void *arg)
{
    const struct storing *storing = arg;
    struct q_proof_checkpoint_insert_in in = {
        .epoch = storing->checkpoint->epoch,
        .size = storing->checkpoint->size,
        .root = storing->checkpoint->root,
        .note = {.data = storing->note, .length = (uint32_t)storing->note_length},
    };
    enum err err = q_proof_checkpoint_insert(tx, &in, NULL);
    if (err == ERR_OK && storing->prune) {
        struct q_proof_checkpoints_prune_in prune = {.epoch = storing->checkpoint->epoch,
                                                     .before_size = storing->checkpoint->size -
                                                                    KEEP_ALL_LEAVES};
        err = q_proof_checkpoints_prune(tx, &prune, NULL);
    }
    return err;
}

/* For whoever mirrors it: a reader sees the old file or the new one. A failure is reported, but
 * costs nothing else: the database has the checkpoint, and the next one is written again. */
static enum err publish_file(const struct sealer *sealer, const struct buf *note)
{
    char path[SEALER_PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/checkpoint", sealer->data_dir);
    if (length < 0 || (size_t)length >= sizeof(path)) {
        return ERR_IO_FAILED;
    }
    return sealer_write_file(path, (const char *)note->data, note->length, 0644, false);
}

static enum err seal_head(struct sealer *sealer, const struct ledger_log_head *head)
{
    struct checkpoint checkpoint = {.size = head->size, .root = head->root, .epoch = sealer->epoch};
    char text[CHECKPOINT_TEXT_MAX];
    struct buf note;
    memcpy(checkpoint.origin, sealer->keys.signer.key.name, sizeof(checkpoint.origin));
    size_t length = checkpoint_format(&checkpoint, text);
    buf_init(&note, NOTE_BYTES_MAX);
    note_write(&sealer->keys.signer, text, length, &note);
    BUG_IF(!buf_ok(&note));
    struct storing storing = {
        .checkpoint = &checkpoint,
        .note = (const char *)note.data,
        .note_length = note.length,
        .prune = sealer->seals++ % PRUNE_EVERY == PRUNE_EVERY - 1,
    };
    enum err err = store_write_sync(sealer->store, store_checkpoint, &storing, 0);
    if (err == ERR_OK) {
        sealer->sealed_size = head->size;
        err = publish_file(sealer, &note);
    }
    buf_done(&note);
    return err;
}

enum err sealer_seal(struct sealer *sealer, bool *ret_sealed)
{
    struct ledger_log_head head;
    enum err err = ledger_log_head(sealer->ledger, &head);
    bool sealed = false;
    if (err != ERR_OK) {
        return err;
    }
    pthread_mutex_lock(&sealer->lock);
    if (head.size != sealer->sealed_size) {
        err = refresh(sealer);
        /* Smaller: another process has sealed further than this one has seen. */
        if (err == ERR_OK && head.size > sealer->sealed_size) {
            err = seal_head(sealer, &head);
            sealed = err == ERR_OK;
        }
    }
    pthread_mutex_unlock(&sealer->lock);
    if (err == ERR_OK) {
        *ret_sealed = sealed;
    }
    return err;
}

enum err sealer_rotate_key(struct sealer *sealer)
{
    char old_path[SEALER_PATH_MAX];
    pthread_mutex_lock(&sealer->lock);
    enum err err = refresh(sealer);
    if (err == ERR_OK) {
        sealer_key_path(sealer->data_dir, &sealer->keys.signer.key, old_path);
        err = sealer_keys_add(sealer->store, sealer->data_dir, sealer->keys.signer.key.name,
                              &sealer->keys, clock_now_us(sealer->clock));
    }
    if (err == ERR_OK) {
        err = refresh(sealer);
    }
    pthread_mutex_unlock(&sealer->lock);
    if (err == ERR_OK) {
        (void)unlink(old_path); /* a secret that signs no more is only a risk */
    }
    return err;
}

/* ---- serving ---- */

static bool add_line(const struct q_proof_cosignatures_list_row *row, void *arg)
{
    buf_add(arg, row->line.data, row->line.length);
    return true;
}

static enum err note_with_witnesses(struct store_tx *tx, struct arena *arena, int64_t epoch,
                                    int64_t size, struct store_text note, const char **ret)
{
    struct q_proof_cosignatures_list_in in = {.epoch = epoch, .size = size};
    struct buf buf;
    buf_init(&buf, NOTE_BYTES_MAX);
    buf_add(&buf, note.data, note.length);
    enum err err = q_proof_cosignatures_list_each(tx, &in, add_line, &buf);
    if (err == ERR_OK && !buf_ok(&buf)) {
        err = ERR_TOO_LARGE;
    }
    if (err == ERR_OK) {
        *ret = arena_strndup(arena, (const char *)buf.data, buf.length);
    }
    buf_done(&buf);
    return err;
}

enum err sealer_latest(struct store_tx *tx, struct arena *arena, struct checkpoint *ret,
                       const char **ret_note)
{
    struct q_proof_checkpoint_latest_row row = {0};
    struct note note;
    struct checkpoint found;
    bool sealed = false;
    enum err err = q_proof_checkpoint_latest(tx, arena, &row, &sealed);
    if (err != ERR_OK) {
        return err;
    }
    if (!sealed) {
        return ERR_CHECKPOINT_NOT_FOUND;
    }
    if (note_parse(row.note.data, row.note.length, &note) != ERR_OK ||
        checkpoint_parse(note.text, note.text_length, &found) != ERR_OK) {
        return ERR_LEDGER_CORRUPT;
    }
    if (ret_note != NULL) {
        err = note_with_witnesses(tx, arena, row.epoch, row.size, row.note, ret_note);
    }
    if (err == ERR_OK) {
        *ret = found;
    }
    return err;
}

/* ---- witnesses ---- */

struct cosigning {
    const struct note *note;
    const struct checkpoint *checkpoint;
    const struct note_key *witness;
    const char *line;
    size_t line_length;
    struct buf *ret;
};

static enum err store_cosignature(struct store_tx *tx, void *arg)
{
    const struct cosigning *cosigning = arg;
    const struct checkpoint *checkpoint = cosigning->checkpoint;
    struct arena *arena = arena_create(1U << 20);
    struct q_proof_checkpoint_get_in get = {.epoch = checkpoint->epoch, .size = checkpoint->size};
    struct q_proof_checkpoint_get_row row = {0};
    const char *full = NULL;
    bool found = false;
    enum err err = q_proof_checkpoint_get(tx, &get, arena, &row, &found);
    if (err == ERR_OK &&
        (!found || row.note.length < cosigning->note->text_length ||
         memcmp(row.note.data, cosigning->note->text, cosigning->note->text_length) != 0)) {
        err = ERR_CHECKPOINT_NOT_FOUND;
    }
    if (err == ERR_OK) {
        struct q_proof_cosignature_put_in put = {
            .epoch = checkpoint->epoch,
            .size = checkpoint->size,
            .witness = {.data = cosigning->witness->name,
                        .length = (uint32_t)strlen(cosigning->witness->name)},
            .line = {.data = cosigning->line, .length = (uint32_t)cosigning->line_length},
        };
        err = q_proof_cosignature_put(tx, &put, NULL);
    }
    if (err == ERR_OK) {
        err = note_with_witnesses(tx, arena, checkpoint->epoch, checkpoint->size, row.note, &full);
    }
    if (err == ERR_OK) {
        buf_clear(cosigning->ret);
        buf_add_str(cosigning->ret, full);
    }
    arena_free(arena);
    return err;
}

/* The signature line of a witness as the note has it. */
static bool find_line(const struct note *note, const char *end, const struct note_key *witness,
                      const char **ret, size_t *ret_length)
{
    const char *line = note->text + note->text_length + 1;
    for (size_t i = 0; i < note->signature_count; i++) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        BUG_IF(newline == NULL); /* note_parse has seen it */
        if (memcmp(note->signatures[i].id, witness->id, sizeof(witness->id)) == 0) {
            *ret = line;
            *ret_length = (size_t)(newline + 1 - line);
            return true;
        }
        line = newline + 1;
    }
    return false;
}

static enum err read_witnesses(const struct sealer *sealer, struct verify_keys *ret)
{
    char path[SEALER_PATH_MAX];
    char *text = NULL;
    size_t length = 0;
    int n = snprintf(path, sizeof(path), "%s/witnesses.txt", sealer->data_dir);
    if (n < 0 || (size_t)n >= sizeof(path)) {
        return ERR_IO_FAILED;
    }
    ret->count = 0;
    enum err err = sealer_read_file(path, WITNESSES_BYTES, &text, &length);
    if (err == ERR_FILE_NOT_FOUND) {
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = verify_keys_parse(text, length, ret);
    }
    free(text);
    return err == ERR_OK ? ERR_OK : ERR_CONFIG_INVALID;
}

enum err sealer_add_cosignature(struct sealer *sealer, const char *text, size_t length,
                                struct buf *ret)
{
    struct note note;
    struct checkpoint checkpoint;
    struct verify_keys *witnesses = NULL;
    if (note_parse(text, length, &note) != ERR_OK ||
        checkpoint_parse(note.text, note.text_length, &checkpoint) != ERR_OK) {
        return ERR_CHECKPOINT_MALFORMED;
    }
    witnesses = calloc(1, sizeof(*witnesses));
    BUG_IF(witnesses == NULL);
    enum err err = read_witnesses(sealer, witnesses);
    enum err found = ERR_WITNESS_UNKNOWN;
    for (size_t i = 0; i < witnesses->count && err == ERR_OK && found != ERR_OK; i++) {
        const struct note_key *witness = &witnesses->keys[i];
        struct cosigning cosigning = {
            .note = &note, .checkpoint = &checkpoint, .witness = witness, .ret = ret};
        enum err check = witness->type == NOTE_KEY_COSIGNATURE ? note_check(&note, witness, NULL)
                                                               : ERR_KEY_UNKNOWN;
        if (check == ERR_SIGNATURE_INVALID) {
            found = check;
        }
        if (check != ERR_OK ||
            !find_line(&note, text + length, witness, &cosigning.line, &cosigning.line_length)) {
            continue;
        }
        found = ERR_OK;
        err = store_write_sync(sealer->store, store_cosignature, &cosigning, 0);
    }
    free(witnesses);
    return err != ERR_OK ? err : found;
}

/* ---- epochs ---- */

struct beginning {
    int64_t floor; /* greatest epoch known from elsewhere */
    int64_t now_us;
    int64_t epoch;
};

static enum err begin_epoch(struct store_tx *tx, void *arg)
{
    struct beginning *beginning = arg;
    struct q_proof_epoch_latest_row latest = {0};
    struct q_proof_log_size_row size = {0};
    bool found = false;
    enum err err = q_proof_epoch_latest(tx, &latest, &found);
    if (err == ERR_OK) {
        err = q_proof_log_size(tx, &size, &found);
    }
    if (err != ERR_OK) {
        return err;
    }
    int64_t before = latest.epoch > beginning->floor ? latest.epoch : beginning->floor;
    beginning->epoch = before + 1;
    struct q_proof_epoch_insert_in in = {
        .epoch = before + 1, .size = size.size, .began_at_us = beginning->now_us};
    return q_proof_epoch_insert(tx, &in, NULL);
}

enum err checkpoint_begin_epoch(struct store *store, const char *data_dir, int64_t now_us,
                                int64_t *ret_epoch)
{
    struct beginning beginning = {.now_us = now_us};
    char path[SEALER_PATH_MAX];
    char *text = NULL;
    size_t length = 0;
    struct note note;
    struct checkpoint published;
    /* The same backup may be restored twice: the published checkpoint knows what came between. */
    int n = snprintf(path, sizeof(path), "%s/checkpoint", data_dir);
    if (n > 0 && (size_t)n < sizeof(path) &&
        sealer_read_file(path, NOTE_BYTES_MAX, &text, &length) == ERR_OK &&
        note_parse(text, length, &note) == ERR_OK &&
        checkpoint_parse(note.text, note.text_length, &published) == ERR_OK) {
        beginning.floor = published.epoch;
    }
    free(text);
    enum err err = store_write_sync(store, begin_epoch, &beginning, 0);
    if (err == ERR_OK) {
        *ret_epoch = beginning.epoch;
    }
    return err;
}
