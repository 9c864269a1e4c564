/* Receipts, statements, proofs and tiles made from a filled ledger on a real database, and checked
 * with the verifier that knows nothing of it: test_proof sqlite|postgres. */
#include "../../unit/core/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/arena.h"
#include "core/str.h"
#include "ledger/ledger_proof.h"
#include "support/ledger_filled.h"
#include "verify/verify.h"

#define ROUNDS 50 /* more than two full tiles */

struct fixture {
    struct store_world world;
    struct filled filled;
    struct sealer *sealer;
    struct prover *prover;
    struct verify_keys keys;
};

static void must(enum err err)
{
    if (err != ERR_OK) {
        fail_msg("%s", err_code(err));
    }
}

static void load_keys(struct fixture *f)
{
    struct arena *arena = arena_create(1U << 20);
    struct document_log log;
    sealer_log(f->sealer, arena, &log);
    must(verify_keys_parse(log.keys[0].text, strlen(log.keys[0].text), &f->keys));
    arena_free(arena);
}

static void seal(struct fixture *f)
{
    uint32_t leaves = 0;
    bool sealed = false;
    must(ledger_seal_pending(f->world.ledger, &leaves));
    must(sealer_seal(f->sealer, &sealed));
}

static void open_sealer(struct fixture *f)
{
    const struct sealer_config config = {.store = f->world.store,
                                         .ledger = f->world.ledger,
                                         .clock = &f->world.clock,
                                         .data_dir = f->world.db.directory,
                                         .origin = "log.test/one"};
    must(sealer_open(&config, &f->sealer));
    f->prover = prover_create(f->sealer);
}

static void close_sealer(struct fixture *f)
{
    prover_free(f->prover);
    sealer_close(f->sealer);
}

static int set_up(void **state)
{
    const char *backend = *state;
    struct fixture *f = calloc(1, sizeof(*f));
    store_world_init(&f->world, backend);
    open_sealer(f);
    load_keys(f);
    filled_open(&f->filled, &f->world);
    for (size_t i = 0; i < ROUNDS; i++) {
        filled_round(&f->filled, i);
        if (i % 7 == 0) {
            seal(f);
        }
    }
    seal(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    close_sealer(f);
    store_world_done(&f->world);
    free(f);
    return 0;
}

/* ---- asking ---- */

enum what { RECEIPT, STATEMENT, INCLUSION, CONSISTENCY, TILE, LATEST, INDEX };

struct question {
    struct fixture *f;
    enum what what;
    int64_t id, a, b;
    enum ledger_receipt_view view;
    bool must_be_sealed;
    const char *path;
    struct buf *text;
    struct ledger_inclusion inclusion;
    struct ledger_consistency consistency;
    struct checkpoint checkpoint;
    bool immutable;
    int64_t index;
};

static bool to_buf(void *arg, const void *data, size_t length)
{
    buf_add(arg, data, length);
    return true;
}

static enum err ask_in_tx(struct store_tx *tx, void *arg)
{
    struct question *q = arg;
    struct prover *prover = q->f->prover;
    switch (q->what) {
    case RECEIPT:
        return ledger_write_receipt(tx, prover, (struct transfer_id){q->id}, q->view,
                                    q->must_be_sealed, q->text);
    case STATEMENT:
        return ledger_write_statement(tx, prover, (struct account_id){q->id}, q->a, q->b, to_buf,
                                      q->text);
    case INCLUSION:
        return ledger_prove_inclusion(tx, prover, q->a, q->b, &q->inclusion);
    case CONSISTENCY:
        return ledger_prove_consistency(tx, prover, q->a, q->b, &q->consistency);
    case TILE:
        return ledger_read_tile(tx, prover, q->path, strlen(q->path), q->text, &q->immutable);
    case INDEX:
        return ledger_find_index(tx, prover, (struct transfer_id){q->id}, &q->index);
    case LATEST: {
        struct arena *arena = arena_create(1U << 20);
        const char *note = NULL;
        enum err err = sealer_latest(tx, arena, &q->checkpoint, &note);
        if (err == ERR_OK) {
            buf_add_str(q->text, note);
        }
        arena_free(arena);
        return err;
    }
    }
    return ERR_INTERNAL;
}

static enum err ask(struct question *q)
{
    return store_read(q->f->world.store, ask_in_tx, q);
}

static void verify_text(const struct fixture *f, const struct buf *text, struct verify_report *ret)
{
    FILE *file = tmpfile();
    enum verify_check_id id;
    assert_int_equal(fwrite(text->data, 1, text->length, file), text->length);
    rewind(file);
    must(verify_file(file, &f->keys, NULL, ret));
    fclose(file);
    const struct verify_check *failure = verify_first_failure(ret, &id);
    if (failure != NULL) {
        fail_msg("%s: %s %s", verify_check_name(id), err_code(failure->error), failure->detail);
    }
    assert_true(ret->ok);
}

/* ---- tests ---- */

static void receipts_of_each_view_verify(void **state)
{
    struct fixture *f = *state;
    static const enum ledger_receipt_view VIEWS[] = {LEDGER_VIEW_DEBIT, LEDGER_VIEW_CREDIT,
                                                     LEDGER_VIEW_BOTH};
    for (size_t i = 0; i < ARRAY_COUNT(VIEWS); i++) {
        struct buf text, again;
        struct verify_report report;
        buf_init(&text, 1U << 20);
        buf_init(&again, 1U << 20);
        struct question q = {.f = f,
                             .what = RECEIPT,
                             .id = f->filled.last_transfer,
                             .view = VIEWS[i],
                             .must_be_sealed = true,
                             .text = &text};
        must(ask(&q));
        q.text = &again;
        must(ask(&q));
        assert_int_equal(text.length, again.length);
        assert_memory_equal(text.data, again.data, text.length);
        verify_text(f, &text, &report);
        assert_true(report.kind == VERIFY_RECEIPT && report.facts.log_index >= 0);
        assert_int_equal(report.facts.transfer_id, f->filled.last_transfer);
        buf_done(&text);
        buf_done(&again);
    }
    struct question none = {.f = f, .what = RECEIPT, .id = 12345, .view = LEDGER_VIEW_DEBIT};
    assert_int_equal(ask(&none), ERR_TRANSFER_NOT_FOUND);
}

static void a_receipt_is_a_promise_first(void **state)
{
    struct fixture *f = *state;
    struct buf text;
    struct verify_report promise, sealed;
    char detail[VERIFY_DETAIL_MAX];
    filled_round(&f->filled, 3);
    buf_init(&text, 1U << 20);
    struct question q = {.f = f,
                         .what = RECEIPT,
                         .id = f->filled.last_transfer,
                         .view = LEDGER_VIEW_CREDIT,
                         .must_be_sealed = true,
                         .text = &text};
    assert_int_equal(ask(&q), ERR_RECEIPT_NOT_READY);
    q.must_be_sealed = false;
    must(ask(&q));
    verify_text(f, &text, &promise);
    assert_int_equal(promise.facts.log_index, -1);
    seal(f);
    buf_clear(&text);
    q.must_be_sealed = true;
    must(ask(&q));
    verify_text(f, &text, &sealed);
    assert_int_equal(verify_compare(&promise, &sealed, detail), ERR_OK);
    buf_done(&text);
}

static void statements_are_complete(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < FILLED_ACCOUNTS; i++) {
        struct buf text;
        struct verify_report report;
        struct ledger_account account;
        must(ledger_get_account(f->world.ledger, (struct account_id){f->filled.accounts[i]},
                                &account));
        buf_init(&text, 1U << 24);
        struct question q = {
            .f = f, .what = STATEMENT, .id = f->filled.accounts[i], .a = 1, .text = &text};
        must(ask(&q));
        verify_text(f, &text, &report);
        assert_int_equal(report.facts.entries, account.seq);
        assert_int_equal(report.facts.posted_minor, account.credits_posted - account.debits_posted);
        assert_true(hash_equal(&report.facts.head, &account.head));
        assert_true(report.facts.from_opening);
        if (account.seq > 10) {
            buf_clear(&text);
            q.a = 4;
            q.b = account.seq - 2;
            must(ask(&q));
            verify_text(f, &text, &report);
            assert_int_equal(report.facts.entries, account.seq - 5);
        }
        q.b = account.seq + 1;
        assert_int_equal(ask(&q), ERR_FIELD_OUT_OF_RANGE);
        buf_done(&text);
    }
    struct question none = {.f = f, .what = STATEMENT, .id = 12345, .a = 1};
    assert_int_equal(ask(&none), ERR_ACCOUNT_NOT_FOUND);
}

static void a_statement_ends_at_the_checkpoint(void **state)
{
    struct fixture *f = *state;
    struct buf text;
    struct verify_report before, after;
    buf_init(&text, 1U << 24);
    struct question q = {
        .f = f, .what = STATEMENT, .id = f->filled.accounts[1], .a = 1, .text = &text};
    must(ask(&q));
    verify_text(f, &text, &before);
    filled_round(&f->filled, 5);
    buf_clear(&text);
    must(ask(&q));
    verify_text(f, &text, &after);
    assert_int_equal(before.facts.seq, after.facts.seq);
    seal(f);
    buf_clear(&text);
    must(ask(&q));
    verify_text(f, &text, &after);
    assert_true(after.facts.seq > before.facts.seq);
    buf_done(&text);
}

static void every_leaf_is_proved(void **state)
{
    struct fixture *f = *state;
    struct buf text;
    buf_init(&text, 1U << 16);
    struct question latest = {.f = f, .what = LATEST, .text = &text};
    must(ask(&latest));
    int64_t size = latest.checkpoint.size;
    assert_true(size > 2 * 256);
    struct merkle_edge edge = {.size = 0};
    for (int64_t index = 0; index < size; index++) {
        struct question q = {.f = f, .what = INCLUSION, .a = index, .b = 0};
        must(ask(&q));
        assert_true(hash_equal(&q.inclusion.root, &latest.checkpoint.root));
        merkle_edge_add(&edge, &q.inclusion.leaf_hash);
        struct sha256_hash root;
        merkle_edge_root(&edge, &root);
        struct question c = {.f = f, .what = CONSISTENCY, .a = index + 1, .b = size};
        must(ask(&c));
        assert_true(hash_equal(&c.consistency.old_root, &root));
        struct question at = {.f = f, .what = INCLUSION, .a = index / 2, .b = index + 1};
        must(ask(&at));
        assert_true(hash_equal(&at.inclusion.root, &root));
    }
    struct question q = {.f = f, .what = INCLUSION, .a = size, .b = 0};
    assert_int_equal(ask(&q), ERR_LOG_INDEX_NOT_SEALED);
    q = (struct question){.f = f, .what = INCLUSION, .a = 0, .b = size + 1};
    assert_int_equal(ask(&q), ERR_LOG_SIZE_INVALID);
    q = (struct question){.f = f, .what = CONSISTENCY, .a = 5, .b = 4};
    assert_int_equal(ask(&q), ERR_LOG_SIZE_INVALID);
    q = (struct question){.f = f, .what = INDEX, .id = f->filled.last_transfer};
    must(ask(&q));
    assert_true(q.index < size);
    buf_done(&text);
}

static void check_tile(struct fixture *f, const char *hashes_path, const char *entries_path,
                       size_t width)
{
    struct buf hashes, entries;
    buf_init(&hashes, 1U << 16);
    buf_init(&entries, 1U << 20);
    struct question q = {.f = f, .what = TILE, .path = hashes_path, .text = &hashes};
    must(ask(&q));
    assert_int_equal(hashes.length, width * SHA256_BYTES);
    assert_int_equal(q.immutable, width == 256);
    q.path = entries_path;
    q.text = &entries;
    must(ask(&q));
    size_t at = 0;
    for (size_t i = 0; i < width; i++) {
        struct sha256_hash leaf;
        assert_true(at + 2 <= entries.length);
        size_t length = (size_t)entries.data[at] << 8 | entries.data[at + 1];
        assert_true(at + 2 + length <= entries.length);
        merkle_leaf_hash(entries.data + at + 2, length, &leaf);
        assert_memory_equal(leaf.bytes, hashes.data + i * SHA256_BYTES, SHA256_BYTES);
        at += 2 + length;
    }
    assert_int_equal(at, entries.length);
    buf_done(&hashes);
    buf_done(&entries);
}

static void tiles_hold_what_was_hashed(void **state)
{
    struct fixture *f = *state;
    struct buf text;
    char hashes[64], entries[64];
    buf_init(&text, 1U << 16);
    struct question latest = {.f = f, .what = LATEST, .text = &text};
    must(ask(&latest));
    int64_t size = latest.checkpoint.size;
    check_tile(f, "0/000", "entries/000", 256);
    check_tile(f, "0/001", "entries/001", 256);
    snprintf(hashes, sizeof(hashes), "0/%03d.p/%d", (int)(size / 256), (int)(size % 256));
    snprintf(entries, sizeof(entries), "entries/%03d.p/%d", (int)(size / 256), (int)(size % 256));
    check_tile(f, hashes, entries, (size_t)(size % 256));
    check_tile(f, "0/000.p/3", "entries/000.p/3", 3);
    buf_clear(&text);
    struct question q = {.f = f, .what = TILE, .path = "1/000.p/2", .text = &text};
    must(ask(&q));
    assert_int_equal(text.length, 2 * SHA256_BYTES);
    static const char *const MISSING[] = {"0/x001/000", "1/000",       "1/000.p/200",
                                          "2/000.p/1",  "entries/099", "nonsense"};
    for (size_t i = 0; i < ARRAY_COUNT(MISSING); i++) {
        q.path = MISSING[i];
        assert_int_equal(ask(&q), ERR_LOG_TILE_NOT_FOUND);
    }
    buf_done(&text);
}

static void keys_rotate_and_old_ones_still_lead_on(void **state)
{
    struct fixture *f = *state;
    struct buf old, new;
    struct verify_report report;
    buf_init(&old, 1U << 20);
    buf_init(&new, 1U << 20);
    struct question q = {.f = f,
                         .what = RECEIPT,
                         .id = f->filled.last_transfer,
                         .view = LEDGER_VIEW_DEBIT,
                         .must_be_sealed = true,
                         .text = &old};
    must(ask(&q));
    must(sealer_rotate_key(f->sealer));
    must(sealer_rotate_key(f->sealer));
    filled_round(&f->filled, 8);
    seal(f);
    q.id = f->filled.last_transfer;
    q.text = &new;
    must(ask(&q));
    verify_text(f, &old, &report); /* f->keys holds the first key only */
    char old_key[NOTE_KEY_TEXT_MAX];
    memcpy(old_key, report.facts.key, sizeof(old_key));
    verify_text(f, &new, &report);
    assert_string_not_equal(old_key, report.facts.key);
    /* The data directory holds one secret, which nobody else may read. */
    struct arena *arena = arena_create(1U << 20);
    struct document_log log;
    sealer_log(f->sealer, arena, &log);
    assert_int_equal(log.key_count, 3);
    assert_true(log.keys[0].valid_until_us > 0 && log.keys[2].valid_until_us == 0);
    for (size_t i = 0; i < 3; i++) {
        struct note_key key;
        struct stat status;
        char path[256], id[9];
        must(note_key_parse(log.keys[i].text, strlen(log.keys[i].text), &key));
        hex_encode(key.id, 4, id);
        snprintf(path, sizeof(path), "%s/log-%s.key", f->world.db.directory, id);
        assert_int_equal(stat(path, &status), i == 2 ? 0 : -1);
        assert_true(i < 2 || (status.st_mode & 0777) == 0600);
    }
    arena_free(arena);
    buf_done(&old);
    buf_done(&new);
}

static void a_restart_goes_on_with_the_same_key(void **state)
{
    struct fixture *f = *state;
    struct verify_report report;
    struct buf text;
    close_sealer(f);
    store_world_restart(&f->world);
    open_sealer(f);
    filled_round(&f->filled, 9);
    seal(f);
    buf_init(&text, 1U << 20);
    struct question q = {.f = f, .what = LATEST, .text = &text};
    must(ask(&q));
    buf_clear(&text);
    q = (struct question){.f = f,
                          .what = RECEIPT,
                          .id = f->filled.last_transfer,
                          .view = LEDGER_VIEW_BOTH,
                          .must_be_sealed = true,
                          .text = &text};
    must(ask(&q));
    verify_text(f, &text, &report);
    buf_done(&text);
}

static void witnesses_sign_too(void **state)
{
    struct fixture *f = *state;
    static const uint8_t SEED[32] = {7};
    struct note_signer witness, stranger;
    struct buf text, all;
    struct verify_report report;
    char path[256], key[NOTE_KEY_TEXT_MAX];
    note_signer_from_seed("w.test/1", NOTE_KEY_COSIGNATURE, SEED, &witness);
    note_signer_from_seed("w.test/2", NOTE_KEY_COSIGNATURE, SEED, &stranger);
    note_key_format(&witness.key, key);
    snprintf(path, sizeof(path), "%s/witnesses.txt", f->world.db.directory);
    FILE *file = fopen(path, "w");
    fprintf(file, "%s\n", key);
    fclose(file);
    buf_init(&text, NOTE_BYTES_MAX);
    buf_init(&all, NOTE_BYTES_MAX);
    struct question q = {.f = f, .what = LATEST, .text = &text};
    must(ask(&q));
    struct note note;
    must(note_parse((const char *)text.data, text.length, &note));
    size_t length = text.length;
    char *signed_text = strndup(note.text, note.text_length);
    note_sign(&stranger, signed_text, note.text_length, 1700000000, &text);
    assert_int_equal(sealer_add_cosignature(f->sealer, (const char *)text.data, text.length, &all),
                     ERR_WITNESS_UNKNOWN);
    text.length = length;
    note_sign(&witness, signed_text, note.text_length, 1700000000, &text);
    must(sealer_add_cosignature(f->sealer, (const char *)text.data, text.length, &all));
    /* A checkpoint alone does not tell how its key follows from the first. */
    struct arena *arena = arena_create(1U << 20);
    struct document_log log;
    sealer_log(f->sealer, arena, &log);
    const char *newest = log.keys[log.key_count - 1].text;
    must(note_key_parse(newest, strlen(newest), &f->keys.keys[f->keys.count++]));
    arena_free(arena);
    f->keys.keys[f->keys.count++] = witness.key;
    verify_text(f, &all, &report);
    assert_int_equal(report.facts.witnesses, 1);
    buf_clear(&text);
    must(ask(&q)); /* served with the checkpoint from now on */
    assert_int_equal(text.length, all.length);
    text.data[text.length - 10] ^= 1;
    assert_int_not_equal(
        sealer_add_cosignature(f->sealer, (const char *)text.data, text.length, &all), ERR_OK);
    assert_int_equal(sealer_add_cosignature(f->sealer, "nonsense", 8, &all),
                     ERR_CHECKPOINT_MALFORMED);
    /* In words that we never signed. */
    struct checkpoint never;
    char never_text[CHECKPOINT_TEXT_MAX];
    must(checkpoint_parse(signed_text, strlen(signed_text), &never));
    never.size++;
    size_t never_length = checkpoint_format(&never, never_text);
    buf_clear(&text);
    note_write(&witness, never_text, never_length, &text);
    assert_int_equal(sealer_add_cosignature(f->sealer, (const char *)text.data, text.length, &all),
                     ERR_CHECKPOINT_NOT_FOUND);
    f->keys.count -= 2;
    free(signed_text);
    buf_done(&text);
    buf_done(&all);
}

static void a_restore_begins_an_epoch(void **state)
{
    struct fixture *f = *state;
    int64_t epoch = 0;
    bool sealed = false;
    struct buf text;
    struct verify_report report;
    close_sealer(f);
    must(checkpoint_begin_epoch(f->world.store, f->world.db.directory,
                                clock_now_us(&f->world.clock), &epoch));
    assert_int_equal(epoch, 2);
    open_sealer(f);
    must(sealer_seal(f->sealer, &sealed));
    assert_true(sealed);
    must(sealer_seal(f->sealer, &sealed));
    assert_false(sealed);
    buf_init(&text, 1U << 20);
    struct question q = {.f = f,
                         .what = RECEIPT,
                         .id = f->filled.last_transfer,
                         .view = LEDGER_VIEW_DEBIT,
                         .must_be_sealed = true,
                         .text = &text};
    must(ask(&q));
    verify_text(f, &text, &report);
    assert_int_equal(report.facts.epoch, 2);
    buf_done(&text);
}

static void a_missing_or_open_key_is_refused(void **state)
{
    struct fixture *f = *state;
    struct arena *arena = arena_create(1U << 20);
    struct document_log log;
    struct note_key key;
    char path[256], id[9];
    sealer_log(f->sealer, arena, &log);
    const char *newest = log.keys[log.key_count - 1].text;
    must(note_key_parse(newest, strlen(newest), &key));
    hex_encode(key.id, 4, id);
    snprintf(path, sizeof(path), "%s/log-%s.key", f->world.db.directory, id);
    arena_free(arena);
    close_sealer(f);
    const struct sealer_config config = {.store = f->world.store,
                                         .ledger = f->world.ledger,
                                         .clock = &f->world.clock,
                                         .data_dir = f->world.db.directory};
    struct sealer *sealer = NULL;
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(sealer_open(&config, &sealer), ERR_SIGNING_KEY_INVALID);
    assert_int_equal(chmod(path, 0600), 0);
    char away[300];
    snprintf(away, sizeof(away), "%s.away", path);
    assert_int_equal(rename(path, away), 0);
    assert_int_equal(sealer_open(&config, &sealer), ERR_SIGNING_KEY_MISSING);
    assert_int_equal(rename(away, path), 0);
    open_sealer(f);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_of_each_view_verify),
        cmocka_unit_test(a_receipt_is_a_promise_first),
        cmocka_unit_test(statements_are_complete),
        cmocka_unit_test(a_statement_ends_at_the_checkpoint),
        cmocka_unit_test(every_leaf_is_proved),
        cmocka_unit_test(tiles_hold_what_was_hashed),
        cmocka_unit_test(keys_rotate_and_old_ones_still_lead_on),
        cmocka_unit_test(a_restart_goes_on_with_the_same_key),
        cmocka_unit_test(witnesses_sign_too),
        cmocka_unit_test(a_restore_begins_an_epoch),
        cmocka_unit_test(a_missing_or_open_key_is_refused),
    };
    if (argc != 2) {
        return 2;
    }
    /* One ledger for all of them, in this order. */
    void *state = argv[1];
    set_up(&state);
    struct CMUnitTest shared[ARRAY_COUNT(tests)];
    for (size_t i = 0; i < ARRAY_COUNT(tests); i++) {
        memcpy(&shared[i], &tests[i], sizeof(shared[i]));
        shared[i].initial_state = state;
    }
    int failed = cmocka_run_group_tests(shared, NULL, NULL);
    tear_down(&state);
    return failed;
}
