/* access_seal.c — see access_seal.h; the text is in docs/vault.md. */
#include "main/access_seal.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/str.h"
#include "identity/access_log.h"
#include "ledger/checkpoint.h"

#define ARENA_BYTES ((size_t)1 << 20)

struct sealing {
    struct arena *arena;
    struct access_head head;
    struct checkpoint checkpoint; /* size 0 when there is none yet */
    int64_t sealed_seq;
    struct store_text note;
};

static enum err read_in_tx(struct store_tx *tx, void *arg)
{
    struct sealing *sealing = arg;
    struct store_text newest;
    enum err err = access_head_get(tx, &sealing->head);

    if (err == ERR_OK) {
        err = access_seal_newest(tx, sealing->arena, &sealing->sealed_seq, &newest);
    }
    if (err == ERR_OK) {
        err = sealer_latest(tx, sealing->arena, &sealing->checkpoint, NULL);
        err = err == ERR_CHECKPOINT_NOT_FOUND ? ERR_OK : err;
    }
    return err;
}

static enum err write_in_tx(struct store_tx *tx, void *arg)
{
    const struct sealing *sealing = arg;

    return access_seal_put(tx, sealing->head.seq, sealing->note);
}

static enum err sign(struct sealing *sealing, struct store *store, struct sealer *sealer,
                     int64_t now_us)
{
    char head[48], text[DOCUMENT_SIGNED_TEXT_MAX];
    struct document_log log;
    struct buf note;
    enum err err;
    int length;

    sealer_log(sealer, sealing->arena, &log);
    base64_encode(sealing->head.hash.bytes, SHA256_BYTES, head);
    length =
        snprintf(text, sizeof(text),
                 "jinnang-access-log/v1\norigin %s\nepoch %" PRId64 "\nlog_size %" PRId64
                 "\nlooks %" PRId64 "\nhead %s\nat %" PRId64 "\n",
                 log.origin, log.epoch, sealing->checkpoint.size, sealing->head.seq, head, now_us);
    BUG_IF(length < 0 || (size_t)length >= sizeof(text));
    buf_init(&note, NOTE_BYTES_MAX);
    sealer_sign(sealer, text, (size_t)length, &note);
    BUG_IF(!buf_ok(&note));
    sealing->note = (struct store_text){(const char *)note.data, (uint32_t)note.length};
    err = store_write_sync(store, write_in_tx, sealing, 0);
    buf_done(&note);
    return err;
}

enum err access_seal(struct store *store, struct sealer *sealer, int64_t now_us)
{
    struct sealing sealing = {.arena = arena_create(ARENA_BYTES)};
    enum err err = store_read(store, read_in_tx, &sealing);

    if (err == ERR_OK && sealing.head.seq > sealing.sealed_seq) {
        err = sign(&sealing, store, sealer, now_us);
    }
    arena_free(sealing.arena);
    return err;
}
