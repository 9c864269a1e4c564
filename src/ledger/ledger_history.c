/* ledger_history.c — the entries of an account: newest first, oldest first, at a past moment; and
 * all transfers in log order.
 *
 * PostgreSQL reads entries under (account, seq). SQLite has no index by account: an entry names the
 * transfer before it, so history is a walk back, entered at the account's head or at one of the
 * marks that lie at every 64th entry (docs/decisions/0007). An ascending page is walked from behind
 * and turned around.
 *
 * On SQLite the head comes from the book, which is published after the commit. A read whose
 * snapshot is older than that does not have the head's transfer yet: ERR_STORE_CONFLICT, run the
 * read again. It cannot happen when this is the first statement of a read. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_int.h"

#define LOOKED_AT_MAX 10000
#define RANGE_ROWS    256
#define SEGMENTS_PAGE 4

static const struct ledger_entry *entry_of(const struct ledger_posted *posted,
                                           struct account_id account)
{
    return posted->debit.account.v == account.v ? &posted->debit : &posted->credit;
}

/* ---- SQLite: one entry by seq ---- */

static enum err step_back(struct store_tx *tx, struct account_id account,
                          struct ledger_posted *posted)
{
    struct transfer_id previous = entry_of(posted, account)->prev_transfer;
    int64_t seq = entry_of(posted, account)->seq;
    if (previous.v == 0) {
        return ERR_LEDGER_CORRUPT; /* the caller knows that there is one more */
    }
    enum err err = ledger_get_transfer(tx, previous, posted);
    if (err == ERR_TRANSFER_NOT_FOUND ||
        (err == ERR_OK && entry_of(posted, account)->seq != seq - 1)) {
        err = ERR_LEDGER_CORRUPT;
    }
    return err;
}

/* The transfer of entry `seq`, 1 <= seq <= head->seq. */
static enum err find_entry(struct store_tx *tx, const struct ledger_account *head, int64_t seq,
                           struct ledger_posted *ret)
{
    const struct q_ledger_mark_from_in in = {.account_id = head->id.v, .seq = seq};
    struct q_ledger_mark_from_row mark;
    struct transfer_id at = head->last_transfer;
    bool found = false;
    enum err err = q_ledger_mark_from(tx, &in, &mark, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (found) {
        at.v = mark.transfer_id;
    }
    err = ledger_get_transfer(tx, at, ret);
    if (err == ERR_TRANSFER_NOT_FOUND) {
        return found ? ERR_LEDGER_CORRUPT : ERR_STORE_CONFLICT;
    }
    while (err == ERR_OK && entry_of(ret, head->id)->seq > seq) {
        err = step_back(tx, head->id, ret);
    }
    return err;
}

/* ---- both: the account's head, and a run of entries ---- */

struct head {
    struct ledger_account account;
    bool found;
};

static bool on_head(const struct q_ledger_accounts_get_row *row, void *arg)
{
    struct head *head = arg;
    head->account.id.v = row->account_id;
    head->account.created_at_us = row->created_at_us;
    head->account.seq = row->seq;
    head->account.last_transfer.v = row->last_transfer_id;
    head->found = true;
    return false;
}

static enum err get_head(struct store_tx *tx, struct ledger *ledger, struct account_id id,
                         struct ledger_account *ret)
{
    if (ledger->backend == STORE_SQLITE) {
        return ledger_get_account(ledger, id, ret);
    }
    struct head head = {.found = false};
    const struct q_ledger_accounts_get_in in = {.account_id = id.v};
    enum err err = q_ledger_accounts_get_batch(tx, &in, 1, on_head, &head);
    if (err != ERR_OK) {
        return err;
    }
    if (!head.found) {
        return ERR_ACCOUNT_NOT_FOUND;
    }
    *ret = head.account;
    return ERR_OK;
}

struct run {
    struct ledger_posted *rows;
    size_t count, max;
};

static bool on_range(const struct q_ledger_entries_range_row *row, void *arg)
{
    struct run *run = arg;
    if (run->count == run->max) {
        return false;
    }
    ledger_range_row_to_posted(row, &run->rows[run->count++]);
    return true;
}

/* Entries [first, last] into rows[0..], oldest first. */
static enum err read_run(struct store_tx *tx, const struct ledger *ledger,
                         const struct ledger_account *head, int64_t first, int64_t last,
                         struct ledger_posted *rows)
{
    size_t count = (size_t)(last - first + 1);
    if (ledger->backend == STORE_POSTGRES) {
        struct run run = {.rows = rows, .max = count};
        const struct q_ledger_entries_range_in in = {
            .account_id = head->id.v, .seq_min = first, .seq_max = last};
        enum err err = q_ledger_entries_range_each(tx, &in, on_range, &run);
        return err == ERR_OK && run.count != count ? ERR_LEDGER_CORRUPT : err;
    }
    enum err err = find_entry(tx, head, last, &rows[count - 1]);
    for (size_t i = count - 1; i > 0 && err == ERR_OK; i--) {
        rows[i - 1] = rows[i];
        err = step_back(tx, head->id, &rows[i - 1]);
    }
    return err;
}

/* ---- by time ---- */

/* Time of entry `seq`. */
static enum err entry_time(struct store_tx *tx, const struct ledger *ledger,
                           const struct ledger_account *head, int64_t seq, int64_t *ret_at_us)
{
    const struct q_ledger_entry_at_in in = {.account_id = head->id.v, .seq = seq};
    struct q_ledger_entry_at_row row;
    struct ledger_posted posted;
    bool found = false;
    enum err err = q_ledger_entry_at(tx, &in, &row, &found);
    if (err == ERR_OK && found) {
        *ret_at_us = row.created_at_us;
        return ERR_OK;
    }
    if (err == ERR_OK && ledger->backend == STORE_POSTGRES) {
        return ERR_LEDGER_CORRUPT;
    }
    if (err == ERR_OK) {
        err = find_entry(tx, head, seq, &posted);
    }
    if (err == ERR_OK) {
        *ret_at_us = posted.created_at_us;
    }
    return err;
}

/* How many entries have a time before at_us (times do not fall along an account's chain). Searches
 * among marked entries first, which cost one look-up each. */
static enum err count_before(struct store_tx *tx, const struct ledger *ledger,
                             const struct ledger_account *head, int64_t at_us, int64_t *ret_count)
{
    int64_t low = 0, high = head->seq; /* entry `low` is before, entry high + 1 is not */
    enum err err = ERR_OK;
    while (low < high && err == ERR_OK) {
        int64_t middle = low + (high - low + 1) / 2;
        int64_t marked = middle - middle % LEDGER_MARK_EVERY;
        middle = marked > low ? marked : middle;
        int64_t time_us = 0;
        err = entry_time(tx, ledger, head, middle, &time_us);
        if (err == ERR_OK && time_us < at_us) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    if (err == ERR_OK) {
        *ret_count = low;
    }
    return err;
}

enum err ledger_get_balance_at(struct store_tx *tx, struct ledger *ledger, struct account_id id,
                               int64_t at_us, struct ledger_entry *ret)
{
    struct ledger_account head;
    struct ledger_posted posted;
    int64_t seq = 0;
    enum err err = get_head(tx, ledger, id, &head);
    if (err == ERR_OK && at_us < head.created_at_us) {
        err = ERR_ACCOUNT_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = at_us == INT64_MAX ? ERR_OK : count_before(tx, ledger, &head, at_us + 1, &seq);
        seq = at_us == INT64_MAX ? head.seq : seq;
    }
    if (err != ERR_OK) {
        return err;
    }
    if (seq == 0) {
        *ret = (struct ledger_entry){.account = id};
        return ERR_OK;
    }
    err = read_run(tx, ledger, &head, seq, seq, &posted);
    if (err == ERR_OK) {
        *ret = *entry_of(&posted, id);
    }
    return err;
}

/* ---- pages ---- */

static bool matches(const struct ledger_entry_filter *filter, const struct ledger_posted *posted)
{
    const struct ledger_transfer *t = &posted->transfer;
    bool is_debit = t->debit_account.v == filter->account.v;
    struct account_id other = is_debit ? t->credit_account : t->debit_account;
    if (filter->counterparty.v != 0 && filter->counterparty.v != other.v) {
        return false;
    }
    if (filter->code != 0 && filter->code != t->code) {
        return false;
    }
    if (filter->side != 0 && filter->side != (is_debit ? LEDGER_DEBIT : LEDGER_CREDIT)) {
        return false;
    }
    return (filter->amount_min == 0 || t->amount_minor >= filter->amount_min) &&
           (filter->amount_max == 0 || t->amount_minor <= filter->amount_max);
}

struct page {
    struct store_tx *tx;
    struct ledger *ledger;
    const struct ledger_entry_filter *filter;
    struct ledger_account head;
    int64_t first, last; /* entries that may be on it */
    struct ledger_posted *rows;
    size_t max, count;
    int64_t next_seq;
};

/* The range that time and cursor leave. */
static enum err bound(struct page *page)
{
    const struct ledger_entry_filter *filter = page->filter;
    int64_t before = 0;
    enum err err = ERR_OK;
    page->first = 1;
    page->last = page->head.seq;
    if (filter->from_us > 0) {
        err = count_before(page->tx, page->ledger, &page->head, filter->from_us, &before);
        page->first = before + 1;
    }
    if (err == ERR_OK && filter->until_us > 0) {
        err = count_before(page->tx, page->ledger, &page->head, filter->until_us, &before);
        page->last = before;
    }
    if (filter->after_seq > 0 && filter->ascending && filter->after_seq >= page->first) {
        page->first = filter->after_seq + 1;
    }
    if (filter->after_seq > 0 && !filter->ascending && filter->after_seq <= page->last) {
        page->last = filter->after_seq - 1;
    }
    return err;
}

/* Takes what fits of rows[0..count), oldest first. */
static void take(struct page *page, const struct ledger_posted *rows, size_t count)
{
    for (size_t i = 0; i < count && page->count < page->max; i++) {
        const struct ledger_posted *row = &rows[page->filter->ascending ? i : count - 1 - i];
        if (matches(page->filter, row)) {
            page->rows[page->count++] = *row;
        }
        page->next_seq = entry_of(row, page->filter->account)->seq;
    }
}

static enum err fill(struct page *page)
{
    struct ledger_posted *rows = calloc(RANGE_ROWS, sizeof(*rows));
    int64_t looked_at = 0;
    enum err err = ERR_OK;
    BUG_IF(rows == NULL);
    while (err == ERR_OK && page->first <= page->last && page->count < page->max &&
           looked_at < LOOKED_AT_MAX) {
        int64_t left = page->last - page->first + 1;
        int64_t wanted = (int64_t)(page->max - page->count);
        int64_t count = wanted < RANGE_ROWS ? wanted : RANGE_ROWS;
        count = left < count ? left : count;
        int64_t first = page->filter->ascending ? page->first : page->last - count + 1;
        err = read_run(page->tx, page->ledger, &page->head, first, first + count - 1, rows);
        if (err == ERR_OK) {
            take(page, rows, (size_t)count);
        }
        looked_at += count;
        page->first += page->filter->ascending ? count : 0;
        page->last -= page->filter->ascending ? 0 : count;
    }
    if (page->first > page->last) {
        page->next_seq = 0;
    }
    free(rows);
    return err;
}

enum err ledger_list_entries(struct store_tx *tx, struct ledger *ledger,
                             const struct ledger_entry_filter *filter, size_t max,
                             struct ledger_posted *ret, size_t *ret_count, int64_t *ret_next_seq)
{
    OBJ_CHECK(ledger, LEDGER_MAGIC);
    struct page page = {.tx = tx, .ledger = ledger, .filter = filter, .rows = ret, .max = max};
    enum err err = get_head(tx, ledger, filter->account, &page.head);
    if (err == ERR_OK) {
        err = bound(&page);
    }
    if (err == ERR_OK) {
        err = fill(&page);
    }
    if (err == ERR_OK) {
        *ret_count = page.count;
        *ret_next_seq = page.next_seq;
    }
    return err;
}

/* ---- the log ---- */

struct log_page {
    struct store_tx *tx;
    int64_t from_index;
    size_t max, count;
    struct ledger_posted *rows;
    int64_t *indexes;
    struct q_ledger_transfers_get_in *ids;
    struct i64map positions; /* transfer id to its place in rows */
    int64_t next_index;
    uint32_t segments;
    bool is_wrong;
};

static bool on_segment(const struct q_ledger_segments_from_row *row, void *arg)
{
    struct log_page *page = arg;
    page->segments++;
    if (row->leaf_refs.length != row->leaf_count * CHAIN_REF_BYTES) {
        page->is_wrong = true;
        return false;
    }
    for (int64_t i = 0; i < row->leaf_count && page->count < page->max; i++) {
        int64_t index = row->first_index + i, id;
        uint8_t type;
        if (index < page->next_index) {
            continue;
        }
        chain_decode_ref((const uint8_t *)row->leaf_refs.data + i * CHAIN_REF_BYTES, &type, &id);
        page->next_index = index + 1;
        if (type == CHAIN_TYPE_LEAF) {
            i64map_put(&page->positions, id, (uint32_t)page->count);
            page->indexes[page->count] = index;
            page->ids[page->count++].transfer_id = id;
        }
    }
    return page->count < page->max;
}

static bool on_log_transfer(const struct q_ledger_transfers_get_row *row, void *arg)
{
    struct log_page *page = arg;
    uint32_t at = i64map_get(&page->positions, row->transfer_id);
    BUG_IF(at == I64MAP_NONE);
    ledger_row_to_posted(row, &page->rows[at]);
    return true;
}

static enum err fill_log(struct log_page *page)
{
    enum err err = ERR_OK;
    do {
        const struct q_ledger_segments_from_in in = {.from_index = page->next_index,
                                                     .row_max = SEGMENTS_PAGE};
        int64_t before = page->next_index;
        page->segments = 0;
        err = q_ledger_segments_from_each(page->tx, &in, on_segment, page);
        if (page->is_wrong) {
            err = ERR_LEDGER_CORRUPT;
        }
        if (page->next_index == before) {
            break; /* the end of the log */
        }
    } while (err == ERR_OK && page->count < page->max && page->segments == SEGMENTS_PAGE);
    if (err != ERR_OK || page->count == 0) {
        return err;
    }
    for (size_t i = 0; i < page->count; i++) {
        page->rows[i].transfer.id.v = 0;
    }
    err = q_ledger_transfers_get_batch(page->tx, page->ids, page->count, on_log_transfer, page);
    for (size_t i = 0; i < page->count && err == ERR_OK; i++) {
        if (page->rows[i].transfer.id.v == 0) {
            err = ERR_LEDGER_CORRUPT;
        }
    }
    return err;
}

enum err ledger_list_log(struct store_tx *tx, int64_t from_index, size_t max,
                         struct ledger_posted *ret, int64_t *ret_indexes, size_t *ret_count,
                         int64_t *ret_next_index)
{
    struct log_page page = {.tx = tx,
                            .max = max,
                            .rows = ret,
                            .indexes = ret_indexes,
                            .next_index = from_index,
                            .ids = calloc(max + 1, sizeof(*page.ids))};
    BUG_IF(page.ids == NULL);
    i64map_init(&page.positions);
    enum err err = max == 0 ? ERR_OK : fill_log(&page);
    i64map_done(&page.positions);
    free(page.ids);
    if (err == ERR_OK) {
        *ret_count = page.count;
        *ret_next_index = page.next_index;
    }
    return err;
}
