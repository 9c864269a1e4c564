/* ledger_read.c — questions about accounts, single transfers, holds, totals and the log's end. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "ledger/ledger_int.h"

#define EDGE_ARENA_BYTES (256 * 1024)

/* ---- accounts ---- */

/* The three statements that yield accounts name the same columns first. */
static void row_to_account(const struct q_ledger_accounts_list_row *row, struct ledger_account *ret)
{
    *ret = (struct ledger_account){
        .id = {row->account_id},
        .owner = row->owner,
        .kind = (enum ledger_account_kind)row->kind,
        .currency = (enum currency)row->currency,
        .flags = (uint32_t)row->flags | (row->closed != 0 ? LEDGER_ACCOUNT_CLOSED : 0u),
        .overdraft_minor = row->overdraft_minor,
        .balance_max_minor = row->balance_max_minor,
        .created_at_us = row->created_at_us,
        .debits_posted = row->debits_posted,
        .credits_posted = row->credits_posted,
        .debits_pending = row->debits_pending,
        .credits_pending = row->credits_pending,
        .seq = row->seq,
        .last_transfer = {row->last_transfer_id},
        .head = row->head,
    };
}

struct get_account {
    struct account_id id;
    struct ledger_account account;
    bool found;
};

static bool on_account(const struct q_ledger_accounts_get_row *row, void *arg)
{
    struct get_account *get = arg;
    struct q_ledger_accounts_list_row same;
    memcpy(&same, row, sizeof(same));
    row_to_account(&same, &get->account);
    get->found = true;
    return false;
}
_Static_assert(offsetof(struct q_ledger_accounts_get_row, head) ==
                   offsetof(struct q_ledger_accounts_list_row, head),
               "accounts are read alike");

static enum err read_account(struct store_tx *tx, void *arg)
{
    struct get_account *get = arg;
    const struct q_ledger_accounts_get_in in = {.account_id = get->id.v};
    return q_ledger_accounts_get_batch(tx, &in, 1, on_account, get);
}

enum err ledger_get_account(struct ledger *ledger, struct account_id id, struct ledger_account *ret)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    if (ledger->backend == STORE_SQLITE) {
        struct account_record record;
        if (!book_read_account(&ledger->lanes[0]->book, id.v, &record)) {
            return ERR_ACCOUNT_NOT_FOUND;
        }
        ledger_record_to_account(&record, ret);
        return ERR_OK;
    }
    struct get_account get = {.id = id};
    enum err err = store_read(ledger->store, read_account, &get);
    if (err != ERR_OK) {
        return err;
    }
    if (!get.found) {
        return ERR_ACCOUNT_NOT_FOUND;
    }
    *ret = get.account;
    return ERR_OK;
}

struct list_accounts {
    struct ledger *ledger;
    const struct ledger_account_filter *filter;
    size_t max, count;
    struct ledger_account *accounts;
};

static bool on_listed(const struct q_ledger_accounts_list_row *row, void *arg)
{
    struct list_accounts *list = arg;
    struct ledger_account *account = &list->accounts[list->count];
    struct account_record record;
    row_to_account(row, account);
    if (list->ledger->backend == STORE_SQLITE) {
        /* The row may lag behind; and an account that is not published yet is not there yet. */
        if (!book_read_account(&list->ledger->lanes[0]->book, row->account_id, &record)) {
            return true;
        }
        ledger_record_to_account(&record, account);
    }
    list->count++;
    return list->count < list->max;
}

static bool on_owned(const struct q_ledger_accounts_of_owner_row *row, void *arg)
{
    struct q_ledger_accounts_list_row same;
    _Static_assert(sizeof(same) == sizeof(*row), "the same columns");
    memcpy(&same, row, sizeof(same));
    return on_listed(&same, arg);
}

static enum err read_accounts(struct store_tx *tx, void *arg)
{
    struct list_accounts *list = arg;
    const struct ledger_account_filter *filter = list->filter;
    list->count = 0;
    if (filter->owner != 0) {
        const struct q_ledger_accounts_of_owner_in in = {.after = filter->after.v,
                                                         .owner = filter->owner,
                                                         .kind = (int64_t)filter->kind,
                                                         .currency = (int64_t)filter->currency,
                                                         .row_max = (int64_t)list->max};
        return q_ledger_accounts_of_owner_each(tx, &in, on_owned, list);
    }
    const struct q_ledger_accounts_list_in in = {.after = filter->after.v,
                                                 .kind = (int64_t)filter->kind,
                                                 .currency = (int64_t)filter->currency,
                                                 .row_max = (int64_t)list->max};
    return q_ledger_accounts_list_each(tx, &in, on_listed, list);
}

enum err ledger_list_accounts(struct ledger *ledger, const struct ledger_account_filter *filter,
                              size_t max, struct ledger_account *ret, size_t *ret_count)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    struct list_accounts list = {.ledger = ledger, .filter = filter, .max = max, .accounts = ret};
    if (max == 0) {
        *ret_count = 0;
        return ERR_OK;
    }
    enum err err = store_read(ledger->store, read_accounts, &list);
    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

/* ---- totals ---- */

struct totals {
    struct ledger_totals list[BOOK_CURRENCIES_MAX];
    size_t count;
};

static struct ledger_totals *totals_of(struct totals *totals, enum currency currency)
{
    for (size_t i = 0; i < totals->count; i++) {
        if (totals->list[i].currency == currency) {
            return &totals->list[i];
        }
    }
    BUG_IF(totals->count == BOOK_CURRENCIES_MAX);
    totals->list[totals->count] = (struct ledger_totals){.currency = currency};
    return &totals->list[totals->count++];
}

static void add_kind(struct ledger_totals *totals, const struct ledger_kind_info *info,
                     const struct book_sums *sums)
{
    int64_t credits = sums->credits_posted - sums->debits_posted;
    totals->debits_posted += sums->debits_posted;
    totals->credits_posted += sums->credits_posted;
    totals->debits_pending += sums->debits_pending;
    totals->credits_pending += sums->credits_pending;
    totals->client_liabilities += info->is_client_money ? credits : 0;
    totals->bank += info->kind == LEDGER_BANK ? -credits : 0;
    totals->transit_in += info->kind == LEDGER_TRANSIT_IN ? -credits : 0;
    totals->transit_out += info->kind == LEDGER_TRANSIT_OUT ? credits : 0;
}

static bool on_totals(const struct q_ledger_totals_row *row, void *arg)
{
    const struct ledger_kind_info *info = ledger_kind_info((enum ledger_account_kind)row->kind);
    const struct book_sums sums = {.debits_posted = row->debits_posted,
                                   .credits_posted = row->credits_posted,
                                   .debits_pending = row->debits_pending,
                                   .credits_pending = row->credits_pending};
    if (info != NULL) {
        add_kind(totals_of(arg, (enum currency)row->currency), info, &sums);
    }
    return true;
}

static enum err read_totals(struct store_tx *tx, void *arg)
{
    ((struct totals *)arg)->count = 0;
    return q_ledger_totals_each(tx, on_totals, arg);
}

static void totals_of_book(struct ledger *ledger, struct totals *ret)
{
    struct book_sums sums[BOOK_KINDS_MAX][BOOK_CURRENCIES_MAX];
    const struct book_sums none = {0};
    size_t kind_count, currency_count;
    const struct ledger_kind_info *kinds = ledger_kind_all(&kind_count);
    const enum currency *currencies = currency_all(&currency_count);
    book_read_sums(&ledger->lanes[0]->book, sums);
    for (size_t c = 0; c < currency_count; c++) {
        for (size_t k = 0; k < kind_count; k++) {
            if (memcmp(&sums[k][c], &none, sizeof(none)) != 0) {
                add_kind(totals_of(ret, currencies[c]), &kinds[k], &sums[k][c]);
            }
        }
    }
}

enum err ledger_totals(struct ledger *ledger, struct ledger_totals *ret, size_t max,
                       size_t *ret_count)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    struct totals totals = {.count = 0};
    if (ledger->backend == STORE_SQLITE) {
        totals_of_book(ledger, &totals);
    } else {
        enum err err = store_read(ledger->store, read_totals, &totals);
        if (err != ERR_OK) {
            return err;
        }
    }
    *ret_count = totals.count < max ? totals.count : max;
    memcpy(ret, totals.list, *ret_count * sizeof(*ret));
    return ERR_OK;
}

/* ---- transfers and holds ---- */

struct get_transfer {
    struct ledger_posted posted;
    bool found;
};

static bool on_transfer(const struct q_ledger_transfers_get_row *row, void *arg)
{
    struct get_transfer *get = arg;
    ledger_row_to_posted(row, &get->posted);
    get->found = true;
    return false;
}

enum err ledger_get_transfer(struct store_tx *tx, struct transfer_id id, struct ledger_posted *ret)
{
    struct get_transfer get = {.found = false};
    const struct q_ledger_transfers_get_in in = {.transfer_id = id.v};
    enum err err = q_ledger_transfers_get_batch(tx, &in, 1, on_transfer, &get);
    if (err != ERR_OK) {
        return err;
    }
    if (!get.found) {
        return ERR_TRANSFER_NOT_FOUND;
    }
    *ret = get.posted;
    return ERR_OK;
}

struct get_hold {
    struct ledger_hold hold;
    bool found;
};

static bool on_hold(const struct q_ledger_holds_get_row *row, void *arg)
{
    struct get_hold *get = arg;
    get->hold = (struct ledger_hold){.id = {row->hold_id},
                                     .state = (enum ledger_hold_state)row->state,
                                     .resolved_by = {row->resolved_by.has ? row->resolved_by.v : 0},
                                     .captured_minor = row->captured_minor};
    get->found = true;
    return false;
}

enum err ledger_get_hold(struct store_tx *tx, struct transfer_id id, struct ledger_hold *ret)
{
    struct get_hold get = {.found = false};
    struct ledger_posted posted;
    const struct q_ledger_holds_get_in in = {.hold_id = id.v};
    enum err err = q_ledger_holds_get_batch(tx, &in, 1, on_hold, &get);
    if (err != ERR_OK) {
        return err;
    }
    if (!get.found) {
        return ERR_HOLD_NOT_FOUND;
    }
    err = ledger_get_transfer(tx, id, &posted);
    if (err != ERR_OK) {
        return err == ERR_TRANSFER_NOT_FOUND ? ERR_LEDGER_CORRUPT : err;
    }
    if (get.hold.state != LEDGER_HOLD_OPEN) {
        get.hold.released_minor = posted.transfer.amount_minor - get.hold.captured_minor;
    }
    *ret = get.hold;
    return ERR_OK;
}

/* ---- the log's end ---- */

/* Distributes the stored hashes over the levels. */
static enum err unpack_edge(const struct q_ledger_log_get_row *row, struct log_edge *ret)
{
    const uint8_t *at = row->edge.data;
    size_t left = row->edge.length;
    for (uint32_t level = 0; level < LOG_LEVELS_MAX; level++) {
        size_t bytes = log_edge_width(row->size, level) * sizeof(struct sha256_hash);
        if (bytes > left) {
            return ERR_LEDGER_CORRUPT;
        }
        memcpy(ret->hashes[level], at, bytes);
        at += bytes;
        left -= bytes;
    }
    ret->size = row->size;
    return left == 0 ? ERR_OK : ERR_LEDGER_CORRUPT;
}

enum err ledger_read_edge(struct store_tx *tx, struct log_edge *ret)
{
    struct arena *arena = arena_create(EDGE_ARENA_BYTES);
    struct q_ledger_log_get_row row;
    bool found = false;
    enum err err = q_ledger_log_get(tx, arena, &row, &found);
    if (err == ERR_OK) {
        err = found ? unpack_edge(&row, ret) : ERR_LEDGER_CORRUPT;
    }
    arena_free(arena);
    return err;
}

static enum err read_edge(struct store_tx *tx, void *arg)
{
    return ledger_read_edge(tx, arg);
}

enum err ledger_log_edge(struct ledger *ledger, struct log_edge *ret)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    if (ledger->backend != STORE_SQLITE) {
        return store_read(ledger->store, read_edge, ret);
    }
    ret->size = 0;
    BUG_IF(pthread_mutex_lock(&ledger->log_lock) != 0);
    log_edge_copy(ret, ledger->log_published);
    BUG_IF(pthread_mutex_unlock(&ledger->log_lock) != 0);
    return ERR_OK;
}

enum err ledger_log_head(struct ledger *ledger, struct ledger_log_head *ret)
{
    struct log_edge *edge = calloc(1, sizeof(*edge));
    BUG_IF(edge == NULL);
    enum err err = ledger_log_edge(ledger, edge);
    if (err == ERR_OK) {
        ret->size = edge->size;
        log_edge_root(edge, &ret->root);
    }
    free(edge);
    return err;
}
