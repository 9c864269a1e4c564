/* build_ledger — makes a ledger with everything in it through the real engine, closes it, and
 * prints where it is as JSON; removes it when standard input ends. build_ledger sqlite|postgres
 * ROUNDS
 *
 * Three keys (two changes), checkpoints at many sizes, one co-signed by a witness. On PostgreSQL
 * the last rounds are left unsealed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "ledger/checkpoint.h"
#include "support/ledger_filled.h"

static void must(enum err err)
{
    if (err != ERR_OK) {
        bug_report(__FILE__, __LINE__, __func__, err_code(err));
    }
}

static void seal(struct store_world *world, struct sealer *sealer)
{
    uint32_t leaves = 0;
    bool sealed = false;
    must(ledger_seal_pending(world->ledger, &leaves));
    must(sealer_seal(sealer, &sealed));
}

static enum err read_latest(struct store_tx *tx, void *arg)
{
    struct arena *arena = arena_create(1U << 20);
    struct checkpoint checkpoint;
    const char *note = NULL;
    enum err err = sealer_latest(tx, arena, &checkpoint, &note);
    if (err == ERR_OK) {
        buf_add_str(arg, note);
    }
    arena_free(arena);
    return err;
}

/* Returns the witness's key. */
static void cosign(struct store_world *world, struct sealer *sealer, char key[NOTE_KEY_TEXT_MAX])
{
    static const uint8_t SEED[32] = {5};
    struct note_signer witness;
    struct buf note, all;
    struct note parsed;
    char path[256];
    note_signer_from_seed("witness.test", NOTE_KEY_COSIGNATURE, SEED, &witness);
    note_key_format(&witness.key, key);
    snprintf(path, sizeof(path), "%s/witnesses.txt", world->db.directory);
    FILE *file = fopen(path, "w");
    BUG_IF(file == NULL || fprintf(file, "%s\n", key) < 0 || fclose(file) != 0);
    buf_init(&note, NOTE_BYTES_MAX);
    buf_init(&all, NOTE_BYTES_MAX);
    must(store_read(world->store, read_latest, &note));
    must(note_parse((const char *)note.data, note.length, &parsed));
    char *text = strndup(parsed.text, parsed.text_length);
    note_sign(&witness, text, parsed.text_length, 1700000000, &note);
    must(sealer_add_cosignature(sealer, (const char *)note.data, note.length, &all));
    free(text);
    buf_done(&note);
    buf_done(&all);
}

int main(int argc, char **argv)
{
    struct store_world world;
    struct filled filled;
    struct sealer *sealer = NULL;
    char key[NOTE_KEY_TEXT_MAX];
    uint32_t rounds = 0;
    if (argc != 3 || !str_parse_u32(argv[2], strlen(argv[2]), &rounds)) {
        return 2;
    }
    store_world_init(&world, argv[1]);
    const struct sealer_config config = {.store = world.store,
                                         .ledger = world.ledger,
                                         .clock = &world.clock,
                                         .data_dir = world.db.directory,
                                         .origin = "log.test/tamper"};
    must(sealer_open(&config, &sealer));
    filled_open(&filled, &world);
    for (uint32_t i = 0; i < rounds; i++) {
        filled_round(&filled, i);
        if (i == rounds / 3 || i == rounds / 2) {
            must(sealer_rotate_key(sealer));
        }
        if (i % 3 == 0 && i + 4 < rounds) {
            seal(&world, sealer);
        }
        if (i == rounds / 2) {
            seal(&world, sealer);
            cosign(&world, sealer, key);
        }
    }
    if (world.db.backend == STORE_SQLITE) {
        seal(&world, sealer);
    }
    must(ledger_checkpoint(world.ledger));
    sealer_close(sealer);
    store_close(world.store);
    ledger_close(world.ledger);
    printf(
        "{\"url\":\"%s\",\"path\":\"%s\",\"name\":\"%s\",\"witness\":\"%s\",\"transfers\":%lld}\n",
        world.db.url, world.db.path, world.db.name, key, (long long)filled.transfer_count);
    (void)fflush(stdout);
    while (getchar() != EOF) {
    }
    test_db_drop(&world.db);
    return 0;
}
