/* sample.c — see sample.h. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN     "jinnang.test/log"
#define FIRST_ID   INT64_C(0x0633c5a1f0000001)
#define START_US   INT64_C(1795000000000000)
#define CNY        156
#define TEXT_BYTES (1U << 22)

static char *take_text(struct buf *buf)
{
    BUG_IF(!buf_ok(buf));
    return (char *)buf_take(buf, NULL);
}

static char *write_note(const struct note_signer *signer, const char *text, size_t length)
{
    struct buf buf;
    buf_init(&buf, NOTE_BYTES_MAX);
    note_write(signer, text, length, &buf);
    return take_text(&buf);
}

static void make_keys(struct sample *sample)
{
    static const uint8_t SEEDS[3][32] = {{1}, {2}, {3}};
    char text[DOCUMENT_SIGNED_TEXT_MAX];
    struct buf buf;
    note_signer_from_seed(ORIGIN, NOTE_KEY_ED25519, SEEDS[0], &sample->old_signer);
    note_signer_from_seed(ORIGIN, NOTE_KEY_ED25519, SEEDS[1], &sample->signer);
    note_signer_from_seed("witness.test", NOTE_KEY_COSIGNATURE, SEEDS[2], &sample->witness);
    size_t length = document_rotation_text(ORIGIN, &sample->old_signer.key, &sample->signer.key,
                                           START_US, text);
    buf_init(&buf, NOTE_BYTES_MAX);
    note_write(&sample->old_signer, text, length, &buf);
    note_sign(&sample->signer, text, length, 0, &buf);
    sample->rotation = take_text(&buf);
    note_key_format(&sample->old_signer.key, sample->keys[0].text);
    note_key_format(&sample->signer.key, sample->keys[1].text);
    sample->keys[1].rotation = sample->rotation;
    sample->keys[0].valid_from_us = START_US - 1000000;
    sample->keys[0].valid_until_us = START_US;
    sample->keys[1].valid_from_us = START_US;
    sample->log =
        (struct document_log){.origin = ORIGIN, .epoch = 1, .keys = sample->keys, .key_count = 2};
}

static void make_accounts(struct sample *sample)
{
    for (int i = 0; i < 2; i++) {
        struct record_opening *opening = &sample->openings[i];
        struct sha256_hash hash;
        opening->account_id = FIRST_ID + i;
        opening->owner = INT64_C(0x0700000000000001) + i;
        opening->kind = 201;
        opening->currency = CNY;
        opening->flags = i == SAMPLE_ALICE ? 0 : 1;
        opening->overdraft_minor = i == SAMPLE_ALICE ? 0 : 500;
        opening->created_at_us = START_US + i;
        memset(opening->salt.bytes, 0x40 + i, SHA256_BYTES);
        record_opening_hash(opening, &hash);
        record_opening_leaf_hash(opening->account_id, &hash, &sample->leaves[sample->size++]);
    }
}

/* In rounds of six: two plain transfers, a hold, its capture of a part, a hold, its release. The
 * last hold of every third round stays open. */
static void choose(const struct sample *sample, size_t number, struct record_transfer *transfer)
{
    const struct record_transfer *before =
        number > 0 ? &sample->transfers[number - 1].transfer : NULL;
    size_t step = number % 6;
    transfer->amount_minor = (int64_t)(number * 37 % 900 + 10);
    if (step == 2 || step == 4) {
        transfer->flags = RECORD_FLAG_PENDING;
        transfer->expires_at_us = step == 2 ? START_US + 3600000000 : 0;
    } else if (step == 3) {
        transfer->flags = RECORD_FLAG_POST_PENDING;
        transfer->pending_id = before->id;
        transfer->amount_minor = before->amount_minor - 3;
    } else if (step == 5 && number / 6 % 3 != 2) {
        transfer->flags = number % 4 == 1 ? RECORD_FLAG_VOID_PENDING : RECORD_FLAG_EXPIRE_PENDING;
        transfer->pending_id = before->id;
        transfer->amount_minor = before->amount_minor;
    }
    transfer->has_commitment = number % 7 == 0;
    memset(transfer->commitment.bytes, (int)number, SHA256_BYTES);
}

static void apply(const struct sample *sample, const struct record_transfer *transfer,
                  struct record_entry *entry)
{
    bool is_debit = entry->side == RECORD_DEBIT;
    int64_t *held = is_debit ? &entry->held_debits_minor : &entry->held_credits_minor;
    if ((transfer->flags & RECORD_FLAG_PENDING) != 0) {
        *held += transfer->amount_minor;
        return;
    }
    for (size_t i = 0; transfer->pending_id != 0 && i < SAMPLE_TRANSFERS; i++) {
        if (sample->transfers[i].transfer.id == transfer->pending_id) {
            *held -= sample->transfers[i].transfer.amount_minor;
        }
    }
    if (transfer->pending_id == 0 || (transfer->flags & RECORD_FLAG_POST_PENDING) != 0) {
        entry->posted_minor += is_debit ? -transfer->amount_minor : transfer->amount_minor;
    }
}

static void make_transfer(struct sample *sample, size_t number, struct record_entry states[2],
                          int fork)
{
    struct sample_transfer *made = &sample->transfers[number];
    bool reverse = number % 6 == 1; /* bob pays alice back now and then */
    made->transfer = (struct record_transfer){
        .id = FIRST_ID + 1000 + (int64_t)number * 3,
        .debit_account_id = sample->openings[reverse ? 1 : 0].account_id,
        .credit_account_id = sample->openings[reverse ? 0 : 1].account_id,
        .currency = CNY,
        .code = (uint16_t)(number % 5 + 1),
        .reference = number % 2 == 0 ? 0 : INT64_C(9007199254740993) + (int64_t)number,
        .created_at_us = START_US + 1000 + (int64_t)number,
    };
    choose(sample, number, &made->transfer);
    if (fork >= 0 && number == (size_t)fork) {
        made->transfer.code = 77;
    }
    record_core_hash(&made->transfer, &made->core);
    for (int side = 0; side < 2; side++) {
        int account = (side == 1) != reverse ? 1 : 0;
        struct record_entry *state = &states[account];
        state->side = side == 0 ? RECORD_DEBIT : RECORD_CREDIT;
        state->seq++;
        apply(sample, &made->transfer, state);
        made->entries[side] = *state;
        record_side_hash(state, &made->core, &made->heads[side]);
        state->previous_head = made->heads[side];
        state->previous_transfer_id = made->transfer.id;
    }
    made->index = sample->size;
    record_transfer_leaf_hash(made->transfer.id, &made->core, &made->heads[0], &made->heads[1],
                              &sample->leaves[sample->size++]);
}

struct sample *sample_create(int fork)
{
    struct sample *sample = calloc(1, sizeof(*sample));
    struct record_entry states[2] = {0};
    BUG_IF(sample == NULL);
    make_keys(sample);
    make_accounts(sample);
    for (int i = 0; i < 2; i++) {
        states[i].account_id = sample->openings[i].account_id;
        record_opening_hash(&sample->openings[i], &states[i].previous_head);
    }
    for (size_t i = 0; i < SAMPLE_TRANSFERS; i++) {
        make_transfer(sample, i, states, fork);
    }
    return sample;
}

void sample_free(struct sample *sample)
{
    free(sample->rotation);
    free(sample);
}

static enum err read_subtree(void *arg, unsigned level, int64_t index, struct sha256_hash *ret)
{
    const struct sample *sample = arg;
    struct merkle_edge edge = {.size = 0};
    for (int64_t i = index << level; i < (index + 1) << level; i++) {
        merkle_edge_add(&edge, &sample->leaves[i]);
    }
    merkle_edge_root(&edge, ret);
    return ERR_OK;
}

static void *as_arg(const struct sample *sample)
{
    return (void *)(uintptr_t)sample;
}

char *sample_checkpoint(const struct sample *sample, int64_t size, bool witnessed)
{
    struct checkpoint checkpoint = {.size = size, .epoch = 1};
    char text[CHECKPOINT_TEXT_MAX];
    struct buf buf;
    memcpy(checkpoint.origin, ORIGIN, sizeof(ORIGIN));
    BUG_IF(merkle_root(read_subtree, as_arg(sample), size, &checkpoint.root) != ERR_OK);
    size_t length = checkpoint_format(&checkpoint, text);
    buf_init(&buf, NOTE_BYTES_MAX);
    note_write(&sample->signer, text, length, &buf);
    if (witnessed) {
        note_sign(&sample->witness, text, length, START_US / 1000000, &buf);
    }
    return take_text(&buf);
}

void sample_prove(const struct sample *sample, int64_t index, int64_t size,
                  struct merkle_proof *ret)
{
    BUG_IF(merkle_prove_inclusion(read_subtree, as_arg(sample), index, size, ret) != ERR_OK);
}

static char *promise(const struct sample *sample, int64_t account_id, int64_t seq,
                     const struct sha256_hash *head, int64_t size)
{
    char text[DOCUMENT_SIGNED_TEXT_MAX];
    size_t length = document_promise_text(&sample->log, account_id, seq, head, size, text);
    return write_note(&sample->signer, text, length);
}

char *sample_receipt(const struct sample *sample, size_t number, int side, int64_t size)
{
    const struct sample_transfer *made = &sample->transfers[number];
    struct document_receipt receipt = {.log = &sample->log, .transfer = &made->transfer};
    struct merkle_proof proof;
    struct buf buf;
    char *notes[2] = {NULL, NULL};
    char *checkpoint = size > 0 ? sample_checkpoint(sample, size, false) : NULL;
    for (int i = 0; i < 2; i++) {
        if (side != 2 && i != side) {
            receipt.other_side_hash = made->heads[i];
            continue;
        }
        const struct record_entry *entry = &made->entries[i];
        notes[i] = promise(sample, entry->account_id, entry->seq, &made->heads[i], size);
        receipt.sides[receipt.side_count++] =
            (struct document_side){.entry = *entry, .head = made->heads[i], .promise = notes[i]};
    }
    if (size > 0) {
        sample_prove(sample, made->index, size, &proof);
        receipt.checkpoint = checkpoint;
        receipt.index = made->index;
        receipt.leaf_hash = sample->leaves[made->index];
        receipt.proof = &proof;
    }
    buf_init(&buf, TEXT_BYTES);
    document_write_receipt(&receipt, &buf);
    free(checkpoint);
    free(notes[0]);
    free(notes[1]);
    return take_text(&buf);
}

/* The entry's side of the account, or -1. */
static int side_of(const struct sample_transfer *made, int64_t account_id)
{
    return made->entries[0].account_id == account_id ? 0 : 1;
}

char *sample_statement(const struct sample *sample, int account, int64_t first, int64_t last,
                       int64_t size)
{
    const struct record_opening *opening = &sample->openings[account];
    struct merkle_proof opening_proof, proof, before;
    struct buf buf;
    struct sha256_hash head;
    char *checkpoint = sample_checkpoint(sample, size, false);
    record_opening_hash(opening, &head);
    last = last > 0 ? last : size - 2;
    sample_prove(sample, account, size, &opening_proof);
    struct document_statement statement = {
        .log = &sample->log,
        .account_id = opening->account_id,
        .first_seq = first,
        .last_seq = last,
        .opening = first == 1 ? opening : NULL,
        .opening_index = account,
        .opening_proof = &opening_proof,
        .checkpoint = checkpoint,
    };
    if (first > 1) { /* every transfer moves both accounts: entry n is transfer n - 1 */
        const struct sample_transfer *start = &sample->transfers[first - 2];
        statement.start_transfer_id = start->transfer.id;
        statement.start_head = start->heads[side_of(start, opening->account_id)];
    }
    buf_init(&buf, TEXT_BYTES);
    document_write_statement(&statement, &buf);
    for (int64_t seq = first; seq <= last; seq++) {
        const struct sample_transfer *made = &sample->transfers[seq - 1];
        int side = side_of(made, opening->account_id);
        sample_prove(sample, made->index, size, &proof);
        document_write_entry(&made->transfer, &made->entries[side], &made->heads[1 - side],
                             made->index, &proof, seq == first ? NULL : &before, &buf);
        before = proof;
        head = made->heads[side];
    }
    char *note = promise(sample, opening->account_id, last, &head, size);
    document_write_end(last, &head, note, &buf);
    free(note);
    free(checkpoint);
    return take_text(&buf);
}

char *sample_consistency(const struct sample *sample, int64_t old_size, int64_t new_size)
{
    struct merkle_proof proof;
    struct buf buf;
    char *old_note = sample_checkpoint(sample, old_size, false);
    char *new_note = sample_checkpoint(sample, new_size, true);
    BUG_IF(merkle_prove_consistency(read_subtree, as_arg(sample), old_size, new_size, &proof) !=
           ERR_OK);
    buf_init(&buf, TEXT_BYTES);
    document_write_consistency(&sample->log, old_note, new_note, &proof, &buf);
    free(old_note);
    free(new_note);
    return take_text(&buf);
}

char *sample_key(const struct note_signer *signer)
{
    char *text = malloc(NOTE_KEY_TEXT_MAX);
    BUG_IF(text == NULL);
    note_key_format(&signer->key, text);
    return text;
}
