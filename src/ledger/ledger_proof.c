/* ledger_proof.c — receipts, and inclusion and consistency proofs; see ledger_proof.h. */
#include "ledger/ledger_proof.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_chain.h"
#include "ledger/log_path.h"
#include "ledger/proof_int.h"

struct prover *prover_create(struct sealer *sealer)
{
    struct prover *prover = calloc(1, sizeof(*prover));
    BUG_IF(prover == NULL);
    prover->sealer = sealer;
    prover->cache = log_cache_create();
    return prover;
}

void prover_free(struct prover *prover)
{
    if (prover != NULL) {
        log_cache_free(prover->cache);
        free(prover);
    }
}

/* ---- one request ---- */

enum err proving_start(struct store_tx *tx, struct prover *prover, struct proving *ret)
{
    struct proving proving = {.tx = tx, .prover = prover};
    proving.arena = arena_create(PROOF_ARENA_BYTES);
    sealer_log(prover->sealer, proving.arena, &proving.log);
    enum err err = log_view_open(tx, prover->cache, &proving.view);
    if (err != ERR_OK) {
        arena_free(proving.arena);
        return err;
    }
    err = sealer_latest(tx, proving.arena, &proving.checkpoint, &proving.note);
    if (err == ERR_CHECKPOINT_NOT_FOUND) {
        err = ERR_OK;
    }
    /* Of another epoch: restored, and not sealed since. */
    if (err == ERR_OK && proving.checkpoint.epoch != proving.log.epoch) {
        proving.checkpoint.size = 0;
        proving.note = NULL;
    }
    if (err == ERR_OK && proving.checkpoint.size > proving.view.size) {
        err = ERR_LEDGER_CORRUPT;
    }
    if (err != ERR_OK) {
        proving_done(&proving);
        return err;
    }
    *ret = proving;
    return ERR_OK;
}

void proving_done(struct proving *proving)
{
    log_view_done(&proving->view);
    arena_free(proving->arena);
}

const char *proving_promise(struct proving *proving, int64_t account_id, int64_t seq,
                            const struct sha256_hash *head)
{
    char text[DOCUMENT_SIGNED_TEXT_MAX];
    struct buf note;
    size_t length =
        document_promise_text(&proving->log, account_id, seq, head, proving->checkpoint.size, text);
    buf_init(&note, NOTE_BYTES_MAX);
    sealer_sign(proving->prover->sealer, text, length, &note);
    BUG_IF(!buf_ok(&note));
    const char *copy = arena_strndup(proving->arena, (const char *)note.data, note.length);
    buf_done(&note);
    return copy;
}

enum err proving_prove(struct proving *proving, int64_t index, struct merkle_proof *ret)
{
    return merkle_prove_inclusion(log_view_read_subtree, &proving->view, index,
                                  proving->checkpoint.size, ret);
}

enum err proving_opening(struct proving *proving, int64_t account_id, struct record_opening *ret,
                         struct sha256_hash *ret_hash, int64_t *ret_segment)
{
    struct q_proof_account_opening_in in = {.account_id = account_id};
    struct q_proof_account_opening_row row = {0};
    bool found = false;
    enum err err = q_proof_account_opening(proving->tx, &in, &row, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (!found) {
        return ERR_ACCOUNT_NOT_FOUND;
    }
    *ret = (struct record_opening){
        .account_id = account_id,
        .owner = row.owner,
        .kind = (uint16_t)row.kind,
        .currency = (uint16_t)row.currency,
        .flags = (uint32_t)row.flags,
        .overdraft_minor = row.overdraft_minor,
        .balance_max_minor = row.balance_max_minor,
        .created_at_us = row.created_at_us,
        .salt = row.salt,
    };
    *ret_hash = row.opening_hash;
    *ret_segment = row.segment_id;
    return ERR_OK;
}

enum err proving_previous_head(struct proving *proving, const struct ledger_entry *entry,
                               struct sha256_hash *ret)
{
    if (entry->prev_transfer.v == 0) {
        struct record_opening opening;
        int64_t segment = 0;
        return proving_opening(proving, entry->account.v, &opening, ret, &segment);
    }
    struct ledger_posted before;
    enum err err = ledger_get_transfer(proving->tx, entry->prev_transfer, &before);
    if (err != ERR_OK) {
        return err == ERR_TRANSFER_NOT_FOUND ? ERR_LEDGER_CORRUPT : err;
    }
    bool is_debit = before.debit.account.v == entry->account.v;
    *ret = is_debit ? before.debit.hash : before.credit.hash;
    return ERR_OK;
}

/* ---- receipts ---- */

static enum err receipt_side(struct proving *proving, const struct ledger_posted *posted,
                             enum ledger_side side, struct document_side *ret)
{
    const struct ledger_entry *entry = side == LEDGER_DEBIT ? &posted->debit : &posted->credit;
    log_leaf_entry(posted, side, &ret->entry);
    ret->head = entry->hash;
    ret->promise = proving_promise(proving, entry->account.v, entry->seq, &entry->hash);
    return proving_previous_head(proving, entry, &ret->entry.previous_head);
}

/* Leaves *receipt without a checkpoint when the transfer is not sealed yet. */
static enum err receipt_seal(struct proving *proving, const struct ledger_posted *posted,
                             struct merkle_proof *proof, struct document_receipt *receipt)
{
    int64_t index = 0;
    enum err err = log_view_find_leaf(&proving->view, posted->segment.v, CHAIN_TYPE_LEAF,
                                      posted->transfer.id.v, &index);
    if (err == ERR_LOG_INDEX_NOT_SEALED || (err == ERR_OK && index >= proving->checkpoint.size)) {
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = proving_prove(proving, index, proof);
    }
    if (err == ERR_OK) {
        struct sha256_hash core;
        record_core_hash(receipt->transfer, &core);
        record_transfer_leaf_hash(posted->transfer.id.v, &core, &posted->debit.hash,
                                  &posted->credit.hash, &receipt->leaf_hash);
        receipt->index = index;
        receipt->proof = proof;
        receipt->checkpoint = proving->note;
    }
    return err;
}

static enum err receipt_make(struct proving *proving, const struct ledger_posted *posted,
                             enum ledger_receipt_view view, bool must_be_sealed, struct buf *ret)
{
    struct record_transfer transfer;
    struct merkle_proof proof;
    struct document_receipt receipt = {.log = &proving->log, .transfer = &transfer};
    enum err err = ERR_OK;
    log_leaf_transfer(posted, &transfer);
    if (view != LEDGER_VIEW_CREDIT) {
        err = receipt_side(proving, posted, LEDGER_DEBIT, &receipt.sides[receipt.side_count++]);
    }
    if (err == ERR_OK && view != LEDGER_VIEW_DEBIT) {
        err = receipt_side(proving, posted, LEDGER_CREDIT, &receipt.sides[receipt.side_count++]);
    }
    receipt.other_side_hash = view == LEDGER_VIEW_DEBIT ? posted->credit.hash : posted->debit.hash;
    if (err == ERR_OK) {
        err = receipt_seal(proving, posted, &proof, &receipt);
    }
    if (err == ERR_OK && must_be_sealed && receipt.checkpoint == NULL) {
        err = ERR_RECEIPT_NOT_READY;
    }
    if (err == ERR_OK) {
        document_write_receipt(&receipt, ret);
        err = buf_ok(ret) ? ERR_OK : ERR_TOO_LARGE;
    }
    return err;
}

enum err ledger_write_receipt(struct store_tx *tx, struct prover *prover, struct transfer_id id,
                              enum ledger_receipt_view view, bool must_be_sealed, struct buf *ret)
{
    struct proving proving;
    struct ledger_posted posted;
    enum err err = ledger_get_transfer(tx, id, &posted);
    if (err == ERR_OK) {
        err = proving_start(tx, prover, &proving);
    }
    if (err == ERR_OK) {
        err = receipt_make(&proving, &posted, view, must_be_sealed, ret);
        proving_done(&proving);
    }
    return err;
}

/* ---- proofs ---- */

static enum err choose_size(const struct proving *proving, int64_t *size)
{
    if (proving->note == NULL) {
        return ERR_CHECKPOINT_NOT_FOUND;
    }
    if (*size == 0) {
        *size = proving->checkpoint.size;
    }
    return *size < 1 || *size > proving->checkpoint.size ? ERR_LOG_SIZE_INVALID : ERR_OK;
}

static enum err prove_inclusion(struct proving *proving, struct ledger_inclusion *result)
{
    enum err err = choose_size(proving, &result->size);
    if (err == ERR_OK && (result->index < 0 || result->index >= result->size)) {
        err = ERR_LOG_INDEX_NOT_SEALED;
    }
    if (err == ERR_OK) {
        err = log_view_read_subtree(&proving->view, 0, result->index, &result->leaf_hash);
    }
    if (err == ERR_OK) {
        err = merkle_root(log_view_read_subtree, &proving->view, result->size, &result->root);
    }
    if (err == ERR_OK) {
        err = merkle_prove_inclusion(log_view_read_subtree, &proving->view, result->index,
                                     result->size, &result->proof);
    }
    return err;
}

enum err ledger_prove_inclusion(struct store_tx *tx, struct prover *prover, int64_t index,
                                int64_t size, struct ledger_inclusion *ret)
{
    struct proving proving;
    struct ledger_inclusion result = {.index = index, .size = size};
    enum err err = proving_start(tx, prover, &proving);
    if (err != ERR_OK) {
        return err;
    }
    err = prove_inclusion(&proving, &result);
    proving_done(&proving);
    if (err == ERR_OK) {
        /* Served proofs are checked before they leave: a wrong one would be taken for fraud. */
        BUG_IF(!merkle_check_inclusion(&result.leaf_hash, index, result.size, &result.proof,
                                       &result.root));
        *ret = result;
    }
    return err;
}

static enum err prove_consistency(struct proving *proving, struct ledger_consistency *result)
{
    enum err err = choose_size(proving, &result->size);
    if (err == ERR_OK && (result->old_size < 1 || result->old_size > result->size)) {
        err = ERR_LOG_SIZE_INVALID;
    }
    if (err == ERR_OK) {
        err =
            merkle_root(log_view_read_subtree, &proving->view, result->old_size, &result->old_root);
    }
    if (err == ERR_OK) {
        err = merkle_root(log_view_read_subtree, &proving->view, result->size, &result->root);
    }
    if (err == ERR_OK) {
        err = merkle_prove_consistency(log_view_read_subtree, &proving->view, result->old_size,
                                       result->size, &result->proof);
    }
    return err;
}

enum err ledger_prove_consistency(struct store_tx *tx, struct prover *prover, int64_t old_size,
                                  int64_t size, struct ledger_consistency *ret)
{
    struct proving proving;
    struct ledger_consistency result = {.old_size = old_size, .size = size};
    enum err err = proving_start(tx, prover, &proving);
    if (err != ERR_OK) {
        return err;
    }
    err = prove_consistency(&proving, &result);
    proving_done(&proving);
    if (err == ERR_OK) {
        BUG_IF(!merkle_check_consistency(old_size, &result.old_root, result.size, &result.root,
                                         &result.proof));
        *ret = result;
    }
    return err;
}

enum err ledger_find_index(struct store_tx *tx, struct prover *prover, struct transfer_id id,
                           int64_t *ret_index)
{
    struct log_view view;
    struct ledger_posted posted;
    enum err err = ledger_get_transfer(tx, id, &posted);
    if (err == ERR_OK) {
        err = log_view_open(tx, prover->cache, &view);
    }
    if (err == ERR_OK) {
        err = log_view_find_leaf(&view, posted.segment.v, CHAIN_TYPE_LEAF, id.v, ret_index);
        log_view_done(&view);
    }
    return err;
}

/* ---- tiles ---- */

static enum err read_hashes(struct proving *proving, const struct log_path *path, struct buf *ret)
{
    const struct sha256_hash *hashes;
    uint32_t width = 0;
    enum err err =
        log_view_read_tile(&proving->view, (uint32_t)path->level, path->index, &hashes, &width);
    if (err == ERR_OK && width < (uint32_t)path->width) {
        err = ERR_LOG_TILE_NOT_FOUND;
    }
    for (int i = 0; err == ERR_OK && i < path->width; i++) {
        buf_add(ret, hashes[i].bytes, SHA256_BYTES);
    }
    return err;
}

enum err ledger_read_tile(struct store_tx *tx, struct prover *prover, const char *path,
                          size_t length, struct buf *ret, bool *ret_immutable)
{
    struct log_path parsed;
    struct proving proving;
    if (!log_path_parse(path, length, &parsed) || parsed.level >= LOG_LEVELS_MAX) {
        return ERR_LOG_TILE_NOT_FOUND;
    }
    enum err err = proving_start(tx, prover, &proving);
    if (err != ERR_OK) {
        return err;
    }
    int shift = parsed.level == LOG_PATH_ENTRIES ? 0 : 8 * parsed.level;
    int64_t available = shift >= 63 ? 0 : proving.checkpoint.size >> shift;
    int64_t from = parsed.index * LOG_TILE_HASHES;
    if (from + parsed.width > available) {
        err = ERR_LOG_TILE_NOT_FOUND;
    } else if (parsed.level == LOG_PATH_ENTRIES) {
        err = log_view_read_entries(&proving.view, from, from + parsed.width, ret);
    } else {
        err = read_hashes(&proving, &parsed, ret);
    }
    proving_done(&proving);
    if (err == ERR_OK && !buf_ok(ret)) {
        err = ERR_TOO_LARGE;
    }
    if (err == ERR_OK) {
        *ret_immutable = parsed.width == LOG_TILE_HASHES;
    }
    return err;
}
