/* ledger_book.c — see ledger_book.h: committed accounts, the overlay, holds. The queue and the
 * marks are in ledger_queue.c. */
#include "ledger/ledger_book.h"

#include <stdlib.h>
#include <string.h>

#define PREFETCH_AHEAD 8
#define RECORD_WORDS   (sizeof(struct account_record) / sizeof(uint64_t))

void book_init(struct book *book, bool is_cache)
{
    memset(book, 0, sizeof(*book));
    book->is_cache = is_cache;
    book->chunks = calloc(BOOK_CHUNKS_MAX, sizeof(*book->chunks));
    book->row_chunks = calloc(BOOK_ROW_CHUNKS_MAX, sizeof(*book->row_chunks));
    book->link_chunks = calloc(BOOK_ROW_CHUNKS_MAX, sizeof(*book->link_chunks));
    BUG_IF(book->chunks == NULL || book->row_chunks == NULL || book->link_chunks == NULL);
    i64map_init(&book->map);
    i64map_init(&book->ids);
    i64map_init(&book->hold_map);
    BUG_IF(pthread_rwlock_init(&book->map_lock, NULL) != 0);
    BUG_IF(pthread_mutex_init(&book->sums_lock, NULL) != 0);
}

void book_done(struct book *book)
{
    if (book->chunks == NULL) {
        return;
    }
    for (uint32_t i = 0; i < BOOK_CHUNKS_MAX; i++) {
        free(book->chunks[i]);
    }
    for (uint32_t i = 0; i < book->row_chunk_count; i++) {
        free(book->row_chunks[i]);
        free(book->link_chunks[i]);
    }
    free(book->chunks);
    free(book->row_chunks);
    free(book->link_chunks);
    free(book->touched);
    free(book->failures);
    free(book->opened);
    free(book->leaves);
    free(book->undo);
    free(book->holds);
    i64map_done(&book->map);
    i64map_done(&book->ids);
    i64map_done(&book->hold_map);
    (void)pthread_rwlock_destroy(&book->map_lock);
    (void)pthread_mutex_destroy(&book->sums_lock);
    memset(book, 0, sizeof(*book));
}

void book_grow(void *array, uint32_t *capacity, uint32_t needed, size_t bytes_each)
{
    void **at = array;
    if (needed <= *capacity) {
        return;
    }
    uint32_t grown = *capacity == 0 ? 64 : *capacity;
    while (grown < needed) {
        BUG_IF(grown > UINT32_MAX / 4);
        grown *= 2;
    }
    void *moved = realloc(*at, (size_t)grown * bytes_each);
    BUG_IF(moved == NULL);
    *at = moved;
    *capacity = grown;
}

/* ---- committed accounts ---- */

static struct book_chunk *chunk_of(const struct book *book, uint32_t index)
{
    return book->chunks[index / BOOK_CHUNK_ACCOUNTS];
}

static struct account_record *record_at(const struct book *book, uint32_t index)
{
    return &chunk_of(book, index)->records[index % BOOK_CHUNK_ACCOUNTS];
}

uint32_t book_find_account(const struct book *book, int64_t id)
{
    return id > 0 ? i64map_get(&book->map, id) : BOOK_NONE;
}

void book_prefetch_place(const struct book *book, int64_t id)
{
    i64map_prefetch(&book->map, id);
}

void book_prefetch_account(const struct book *book, int64_t id)
{
    uint32_t index = book_find_account(book, id);
    if (index != BOOK_NONE) {
        __builtin_prefetch(&chunk_of(book, index)->touched[index % BOOK_CHUNK_ACCOUNTS]);
        __builtin_prefetch(record_at(book, index));
    }
}

const struct account_record *book_record(const struct book *book, uint32_t index)
{
    return record_at(book, index);
}

struct account_record *book_record_for_fold(struct book *book, uint32_t index)
{
    BUG_IF(index >= book->account_count || book->row_count != 0);
    return record_at(book, index);
}

bool book_is_dirty(const struct book *book, uint32_t index)
{
    uint32_t at = index % BOOK_CHUNK_ACCOUNTS;
    return (chunk_of(book, index)->dirty[at / 64] >> (at % 64) & 1) != 0;
}

void book_set_dirty(struct book *book, uint32_t index, bool dirty)
{
    uint32_t at = index % BOOK_CHUNK_ACCOUNTS;
    uint64_t bit = UINT64_C(1) << (at % 64);
    uint64_t *word = &chunk_of(book, index)->dirty[at / 64];
    *word = dirty ? *word | bit : *word & ~bit;
}

/* Puts a record behind the last one. Readers do not see it: its index is not published. */
static uint32_t append_record(struct book *book, const struct account_record *record)
{
    uint32_t index = book->account_count;
    uint32_t chunk = index / BOOK_CHUNK_ACCOUNTS;
    BUG_IF(chunk >= BOOK_CHUNKS_MAX);
    BUG_IF(i64map_get(&book->map, record->id) != I64MAP_NONE);
    if (book->chunks[chunk] == NULL) {
        book->chunks[chunk] = aligned_alloc(64, (sizeof(struct book_chunk) + 63) / 64 * 64);
        BUG_IF(book->chunks[chunk] == NULL);
        memset(book->chunks[chunk], 0, sizeof(struct book_chunk));
    }
    *record_at(book, index) = *record;
    BUG_IF(pthread_rwlock_wrlock(&book->map_lock) != 0);
    i64map_put(&book->map, record->id, index);
    BUG_IF(pthread_rwlock_unlock(&book->map_lock) != 0);
    book->account_count++;
    return index;
}

/* Which cell of the sums an account belongs to. */
static struct book_sums *sums_of(struct book *book, const struct account_record *record)
{
    size_t kind_count, currency_count;
    const struct ledger_kind_info *kinds = ledger_kind_all(&kind_count);
    const enum currency *currencies = currency_all(&currency_count);
    size_t kind = 0, currency = 0;
    while (kind < kind_count && (uint16_t)kinds[kind].kind != record->kind) {
        kind++;
    }
    while (currency < currency_count && (uint16_t)currencies[currency] != record->currency) {
        currency++;
    }
    BUG_IF(kind >= BOOK_KINDS_MAX || currency >= BOOK_CURRENCIES_MAX);
    return &book->sums[kind][currency];
}

uint32_t book_load_account(struct book *book, const struct account_record *record)
{
    return append_record(book, record);
}

void book_publish_loaded(struct book *book)
{
    uint32_t from = atomic_load_explicit(&book->published_count, memory_order_relaxed);
    BUG_IF(pthread_mutex_lock(&book->sums_lock) != 0);
    for (uint32_t i = from; i < book->account_count && !book->is_cache; i++) {
        const struct account_record *record = record_at(book, i);
        struct book_sums *sums = sums_of(book, record);
        sums->debits_posted += record->debits_posted;
        sums->credits_posted += record->credits_posted;
        sums->debits_pending += record->debits_pending;
        sums->credits_pending += record->credits_pending;
    }
    BUG_IF(pthread_mutex_unlock(&book->sums_lock) != 0);
    atomic_store_explicit(&book->published_count, book->account_count, memory_order_release);
}

void book_open_account(struct book *book, const struct account_record *record,
                       const struct sha256_hash *salt, int64_t created_at_us)
{
    uint32_t index = append_record(book, record);
    book_grow(&book->opened, &book->opened_capacity, book->opened_count + 1, sizeof(*book->opened));
    book_grow(&book->leaves, &book->leaf_capacity, book->leaf_count + 1, sizeof(*book->leaves));
    book->leaves[book->leaf_count++] = LEAF_OPENED | book->opened_count;
    book->opened[book->opened_count++] =
        (struct opened){.account = index, .created_at_us = created_at_us, .salt = *salt};
}

void book_remove_accounts(struct book *book, uint32_t first)
{
    if (book->account_count == first) {
        return;
    }
    BUG_IF(pthread_rwlock_wrlock(&book->map_lock) != 0);
    while (book->account_count > first) {
        book->account_count--;
        BUG_IF(!i64map_remove(&book->map, record_at(book, book->account_count)->id));
    }
    BUG_IF(pthread_rwlock_unlock(&book->map_lock) != 0);
}

void book_forget(struct book *book)
{
    BUG_IF(!book->is_cache || book->row_count != 0 || book->touched_count != 0);
    i64map_clear(&book->map);
    book->account_count = 0;
    atomic_store_explicit(&book->published_count, 0, memory_order_relaxed);
    i64map_clear(&book->hold_map);
    book->hold_count = 0;
}

/* ---- the overlay ---- */

uint32_t book_touch(struct book *book, uint32_t account)
{
    struct book_chunk *chunk = chunk_of(book, account);
    uint32_t at = account % BOOK_CHUNK_ACCOUNTS;
    if (chunk->touched[at] != 0) {
        return chunk->touched[at] - 1;
    }
    const struct account_record *record = &chunk->records[at];
    uint32_t slot = book->touched_count;
    book_grow(&book->touched, &book->touched_capacity, slot + 1, sizeof(*book->touched));
    book->touched_count++;
    chunk->touched[at] = slot + 1;
    book->touched[slot] = (struct touched){
        .debits_posted = record->debits_posted,
        .credits_posted = record->credits_posted,
        .debits_pending = record->debits_pending,
        .credits_pending = record->credits_pending,
        .seq = record->seq,
        .last_transfer = record->last_transfer,
        .at_us = record->at_us,
        .flags = record->flags,
        .account = account,
        .last_row = BOOK_NONE,
        .epoch = book->epoch, /* undoing the mark resets it to the record: no copy needed */
    };
    return slot;
}

struct touched *book_change(struct book *book, uint32_t slot)
{
    BUG_IF(slot >= book->touched_count);
    if (book->touched[slot].epoch != book->epoch) {
        book_grow(&book->undo, &book->undo_capacity, book->undo_count + 1, sizeof(*book->undo));
        struct undo *undo = &book->undo[book->undo_count++];
        undo->is_hold = false;
        undo->slot = slot;
        undo->touched = book->touched[slot];
        book->touched[slot].epoch = book->epoch;
    }
    return &book->touched[slot];
}

/* ---- publication ---- */

/* Readers see the whole old record or the whole new one: sequence is odd in between. Release stores
 * instead of fences, which thread sanitizers do not follow; on x86 both are plain moves. */
static void publish_record(struct book_chunk *chunk, uint32_t at,
                           const struct account_record *record)
{
    uint64_t from[RECORD_WORDS];
    uint64_t *to = (uint64_t *)(void *)&chunk->records[at];
    memcpy(from, record, sizeof(from));
    uint32_t sequence = atomic_load_explicit(&chunk->sequence[at], memory_order_relaxed);
    atomic_store_explicit(&chunk->sequence[at], sequence + 1, memory_order_relaxed);
    for (size_t i = 0; i < RECORD_WORDS; i++) {
        __atomic_store_n(&to[i], from[i], __ATOMIC_RELEASE);
    }
    atomic_store_explicit(&chunk->sequence[at], sequence + 2, memory_order_release);
}

static const struct sha256_hash *entry_hash(const struct book *book, uint32_t entry)
{
    const struct q_ledger_transfer_insert_in *row = book_row(book, ENTRY_ROW(entry));
    return ENTRY_IS_CREDIT(entry) ? &row->credit_hash : &row->debit_hash;
}

static void prefetch_for_publication(const struct book *book, uint32_t account)
{
    const struct book_chunk *chunk = chunk_of(book, account);
    uint32_t at = account % BOOK_CHUNK_ACCOUNTS;
    const char *record = (const char *)&chunk->records[at];
    __builtin_prefetch(record, 1);
    __builtin_prefetch(record + sizeof(struct account_record) / 2, 1);
    __builtin_prefetch(&chunk->sequence[at], 1);
    __builtin_prefetch(&chunk->touched[at], 1);
}

void book_publish_touched(struct book *book)
{
    BUG_IF(pthread_mutex_lock(&book->sums_lock) != 0);
    for (uint32_t slot = 0; slot < book->touched_count; slot++) {
        const struct touched *touched = &book->touched[slot];
        if (slot + PREFETCH_AHEAD < book->touched_count) {
            prefetch_for_publication(book, book->touched[slot + PREFETCH_AHEAD].account);
        }
        struct book_chunk *chunk = chunk_of(book, touched->account);
        uint32_t at = touched->account % BOOK_CHUNK_ACCOUNTS;
        chunk->touched[at] = 0;
        if (touched->last_row == BOOK_NONE) {
            continue;
        }
        struct account_record record = chunk->records[at];
        if (!book->is_cache) {
            struct book_sums *sums = sums_of(book, &record);
            sums->debits_posted += touched->debits_posted - record.debits_posted;
            sums->credits_posted += touched->credits_posted - record.credits_posted;
            sums->debits_pending += touched->debits_pending - record.debits_pending;
            sums->credits_pending += touched->credits_pending - record.credits_pending;
            book_set_dirty(book, touched->account, true);
        } else {
            record.at_us = touched->at_us;
        }
        record.debits_posted = touched->debits_posted;
        record.credits_posted = touched->credits_posted;
        record.debits_pending = touched->debits_pending;
        record.credits_pending = touched->credits_pending;
        record.seq = touched->seq;
        record.last_transfer = touched->last_transfer;
        record.flags = touched->flags;
        record.head = *entry_hash(book, touched->last_row);
        publish_record(chunk, at, &record);
    }
    BUG_IF(pthread_mutex_unlock(&book->sums_lock) != 0);
    book->touched_count = 0;
}

void book_drop_touched(struct book *book, uint32_t first)
{
    for (uint32_t slot = first; slot < book->touched_count; slot++) {
        uint32_t account = book->touched[slot].account;
        chunk_of(book, account)->touched[account % BOOK_CHUNK_ACCOUNTS] = 0;
    }
    book->touched_count = first;
}

void book_reset_touched(struct book *book, uint32_t first)
{
    for (uint32_t slot = first; slot < book->touched_count; slot++) {
        uint32_t account = book->touched[slot].account;
        const struct account_record *record = record_at(book, account);
        book->touched[slot] = (struct touched){
            .debits_posted = record->debits_posted,
            .credits_posted = record->credits_posted,
            .debits_pending = record->debits_pending,
            .credits_pending = record->credits_pending,
            .seq = record->seq,
            .last_transfer = record->last_transfer,
            .at_us = record->at_us,
            .flags = record->flags,
            .account = account,
            .last_row = BOOK_NONE,
            .epoch = 0, /* the enclosing mark may be older than the slot: copy again */
        };
    }
}

/* ---- any thread ---- */

bool book_read_account(struct book *book, int64_t id, struct account_record *ret)
{
    if (id <= 0) {
        return false;
    }
    uint32_t published = atomic_load_explicit(&book->published_count, memory_order_acquire);
    BUG_IF(pthread_rwlock_rdlock(&book->map_lock) != 0);
    uint32_t index = i64map_get(&book->map, id);
    BUG_IF(pthread_rwlock_unlock(&book->map_lock) != 0);
    if (index == I64MAP_NONE || index >= published) {
        return false;
    }
    struct book_chunk *chunk = chunk_of(book, index);
    uint32_t at = index % BOOK_CHUNK_ACCOUNTS;
    const uint64_t *from = (const uint64_t *)(const void *)&chunk->records[at];
    uint64_t words[RECORD_WORDS];
    for (;;) {
        uint32_t before = atomic_load_explicit(&chunk->sequence[at], memory_order_acquire);
        for (size_t i = 0; i < RECORD_WORDS; i++) {
            words[i] = __atomic_load_n(&from[i], __ATOMIC_ACQUIRE);
        }
        uint32_t after = atomic_load_explicit(&chunk->sequence[at], memory_order_relaxed);
        if (before == after && (before & 1) == 0) {
            break;
        }
    }
    memcpy(ret, words, sizeof(*ret));
    return true;
}

void book_read_sums(struct book *book, struct book_sums ret[BOOK_KINDS_MAX][BOOK_CURRENCIES_MAX])
{
    BUG_IF(pthread_mutex_lock(&book->sums_lock) != 0);
    memcpy(ret, book->sums, sizeof(book->sums));
    BUG_IF(pthread_mutex_unlock(&book->sums_lock) != 0);
}
