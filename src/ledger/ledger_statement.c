/* ledger_statement.c — the complete history of an account, written as a stream; see ledger_proof.h.
 *
 * The end is found first, walking back from the newest entry to one that the newest checkpoint
 * holds; then the entries are read forwards a page at a time. On PostgreSQL two groups may be
 * sealed in another order than they were written: an entry before the end that the checkpoint does
 * not hold yet makes the whole statement wait (ERR_RECEIPT_NOT_READY) rather than show a gap. */
#include "ledger/ledger_proof.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_chain.h"
#include "ledger/proof_int.h"

#define PAGE_ENTRIES    64
#define LINE_BYTES_MAX  DOCUMENT_LINE_BYTES_MAX
#define HEADER_BYTES    (1U << 20)
#define UNSEALED_ENDING 4096 /* entries newer than the checkpoint that are walked over */

struct writing {
    struct proving *proving;
    struct account_id account;
    int64_t first_seq, last_seq;
    ledger_sink_fn sink;
    void *arg;
    struct sha256_hash head;
    struct merkle_proof before;
    bool has_before;
    struct ledger_posted page[PAGE_ENTRIES];
};

static const struct ledger_entry *own_entry(const struct writing *writing,
                                            const struct ledger_posted *posted)
{
    return posted->debit.account.v == writing->account.v ? &posted->debit : &posted->credit;
}

static enum err sealed_index(struct writing *writing, const struct ledger_posted *posted,
                             int64_t *ret)
{
    int64_t index = 0;
    enum err err = log_view_find_leaf(&writing->proving->view, posted->segment.v, CHAIN_TYPE_LEAF,
                                      posted->transfer.id.v, &index);
    if (err == ERR_OK && index >= writing->proving->checkpoint.size) {
        err = ERR_LOG_INDEX_NOT_SEALED;
    }
    if (err == ERR_OK) {
        *ret = index;
    }
    return err;
}

/* *ret: the last entry that the checkpoint holds; 0: none. */
static enum err find_end(struct writing *writing, int64_t *ret)
{
    struct ledger_entry_filter filter = {.account = writing->account};
    struct ledger *ledger = sealer_ledger(writing->proving->prover->sealer);
    for (int walked = 0; walked < UNSEALED_ENDING;) {
        size_t count = 0;
        int64_t next = 0;
        enum err err = ledger_list_entries(writing->proving->tx, ledger, &filter, PAGE_ENTRIES,
                                           writing->page, &count, &next);
        if (err != ERR_OK) {
            return err;
        }
        for (size_t i = 0; i < count; i++) {
            int64_t index = 0;
            err = sealed_index(writing, &writing->page[i], &index);
            if (err == ERR_OK) {
                *ret = own_entry(writing, &writing->page[i])->seq;
                return ERR_OK;
            }
            if (err != ERR_LOG_INDEX_NOT_SEALED) {
                return err;
            }
        }
        walked += (int)count;
        if (next == 0) {
            *ret = 0;
            return ERR_OK;
        }
        filter.after_seq = next;
    }
    return ERR_RECEIPT_NOT_READY;
}

static enum err emit(struct writing *writing, struct buf *line)
{
    enum err err = buf_ok(line) ? ERR_OK : ERR_TOO_LARGE;
    if (err == ERR_OK && !writing->sink(writing->arg, line->data, line->length)) {
        err = ERR_IO_FAILED;
    }
    buf_clear(line);
    return err;
}

/* The entry before the first, whose head the statement begins from. */
static enum err read_start(struct writing *writing, struct document_statement *statement)
{
    struct ledger_entry_filter filter = {
        .account = writing->account, .ascending = true, .after_seq = writing->first_seq - 2};
    struct ledger *ledger = sealer_ledger(writing->proving->prover->sealer);
    size_t count = 0;
    int64_t next = 0;
    enum err err =
        ledger_list_entries(writing->proving->tx, ledger, &filter, 1, writing->page, &count, &next);
    if (err == ERR_OK &&
        (count != 1 || own_entry(writing, writing->page)->seq != writing->first_seq - 1)) {
        err = ERR_LEDGER_CORRUPT;
    }
    if (err == ERR_OK) {
        statement->start_transfer_id = writing->page[0].transfer.id.v;
        statement->start_head = own_entry(writing, writing->page)->hash;
        writing->head = statement->start_head;
    }
    return err;
}

static enum err write_header(struct writing *writing, struct buf *line)
{
    struct proving *proving = writing->proving;
    struct record_opening opening;
    struct merkle_proof proof;
    int64_t segment = 0;
    struct document_statement statement = {
        .log = &proving->log,
        .account_id = writing->account.v,
        .first_seq = writing->first_seq,
        .last_seq = writing->last_seq,
        .checkpoint = proving->note,
    };
    enum err err = ERR_OK;
    if (writing->first_seq > 1) {
        err = read_start(writing, &statement);
    } else {
        err = proving_opening(proving, writing->account.v, &opening, &writing->head, &segment);
        if (err == ERR_OK) {
            err = log_view_find_leaf(&proving->view, segment, CHAIN_TYPE_LEAF_OPENED,
                                     writing->account.v, &statement.opening_index);
        }
        if (err == ERR_OK && statement.opening_index >= proving->checkpoint.size) {
            err = ERR_LOG_INDEX_NOT_SEALED;
        }
        if (err == ERR_OK) {
            err = proving_prove(proving, statement.opening_index, &proof);
        }
        statement.opening = &opening;
        statement.opening_proof = &proof;
    }
    if (err == ERR_OK) {
        document_write_statement(&statement, line);
        err = emit(writing, line);
    }
    return err;
}

static enum err write_entry(struct writing *writing, const struct ledger_posted *posted,
                            struct buf *line)
{
    const struct ledger_entry *own = own_entry(writing, posted);
    bool is_debit = own == &posted->debit;
    struct record_transfer transfer;
    struct record_entry entry;
    struct merkle_proof proof;
    int64_t index = 0;
    enum err err = sealed_index(writing, posted, &index);
    if (err == ERR_OK) {
        err = proving_prove(writing->proving, index, &proof);
    }
    if (err != ERR_OK) {
        return err;
    }
    log_leaf_transfer(posted, &transfer);
    log_leaf_entry(posted, is_debit ? LEDGER_DEBIT : LEDGER_CREDIT, &entry);
    document_write_entry(&transfer, &entry, is_debit ? &posted->credit.hash : &posted->debit.hash,
                         index, &proof, writing->has_before ? &writing->before : NULL, line);
    writing->before = proof;
    writing->has_before = true;
    writing->head = own->hash;
    return emit(writing, line);
}

static enum err write_entries(struct writing *writing, struct buf *line)
{
    struct ledger_entry_filter filter = {
        .account = writing->account, .ascending = true, .after_seq = writing->first_seq - 1};
    struct ledger *ledger = sealer_ledger(writing->proving->prover->sealer);
    int64_t seq = writing->first_seq - 1;
    while (seq < writing->last_seq) {
        size_t count = 0;
        int64_t next = 0;
        enum err err = ledger_list_entries(writing->proving->tx, ledger, &filter, PAGE_ENTRIES,
                                           writing->page, &count, &next);
        for (size_t i = 0; i < count && err == ERR_OK && seq < writing->last_seq; i++) {
            if (own_entry(writing, &writing->page[i])->seq != seq + 1) {
                return ERR_LEDGER_CORRUPT;
            }
            err = write_entry(writing, &writing->page[i], line);
            seq++;
        }
        if (err != ERR_OK) {
            return err;
        }
        if (seq < writing->last_seq && next == 0) {
            return ERR_LEDGER_CORRUPT;
        }
        filter.after_seq = next;
    }
    return ERR_OK;
}

static enum err write_statement(struct writing *writing, int64_t last_seq)
{
    struct buf line;
    int64_t end = 0;
    if (writing->proving->note == NULL) {
        return ERR_RECEIPT_NOT_READY;
    }
    enum err err = find_end(writing, &end);
    if (err != ERR_OK) {
        return err;
    }
    writing->last_seq = last_seq == 0 ? end : last_seq;
    if (writing->last_seq > end || writing->first_seq < 1 ||
        writing->first_seq > writing->last_seq + (writing->first_seq == 1 ? 1 : 0)) {
        return ERR_FIELD_OUT_OF_RANGE;
    }
    buf_init(&line, HEADER_BYTES);
    err = write_header(writing, &line);
    if (err == ERR_OK) {
        err = write_entries(writing, &line);
    }
    if (err == ERR_OK) {
        const char *promise = proving_promise(writing->proving, writing->account.v,
                                              writing->last_seq, &writing->head);
        document_write_end(writing->last_seq, &writing->head, promise, &line);
        err = emit(writing, &line);
    }
    buf_done(&line);
    return err;
}

enum err ledger_write_statement(struct store_tx *tx, struct prover *prover,
                                struct account_id account, int64_t first_seq, int64_t last_seq,
                                ledger_sink_fn sink, void *arg)
{
    struct proving proving;
    enum err err = proving_start(tx, prover, &proving);
    if (err != ERR_OK) {
        return err;
    }
    struct writing *writing = calloc(1, sizeof(*writing));
    BUG_IF(writing == NULL);
    writing->proving = &proving;
    writing->account = account;
    writing->first_seq = first_seq;
    writing->sink = sink;
    writing->arg = arg;
    err = write_statement(writing, last_seq);
    free(writing);
    proving_done(&proving);
    return err == ERR_LOG_INDEX_NOT_SEALED ? ERR_RECEIPT_NOT_READY : err;
}
