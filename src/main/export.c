/* export.c — walks the log and hands each transfer to a format. The contract is in export.h. */
#include "main/export.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"
#include "main/export_int.h"

#define PAGE_TRANSFERS 500
#define PAGE_ACCOUNTS  1000

static const struct export_format *const formats[] = {&export_hledger, &export_csv, &export_json};

const struct export_format *export_format_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
        if (str_equal(formats[i]->name, name)) {
            return formats[i];
        }
    }
    return NULL;
}

struct export_account *export_account_find(struct export_book *book, struct account_id id)
{
    uint32_t at = i64map_get(&book->index, id.v);
    return at == I64MAP_NONE ? NULL : &book->accounts[at];
}

/* ---- accounts ---- */

static void add_accounts(struct export_book *book, const struct ledger_account *page, size_t count)
{
    size_t bytes = (book->count + count) * sizeof(*book->accounts);
    struct export_account *grown = realloc(book->accounts, bytes);
    BUG_IF(grown == NULL);
    book->accounts = grown;
    for (size_t i = 0; i < count; i++) {
        i64map_put(&book->index, page[i].id.v, (uint32_t)book->count);
        book->accounts[book->count++] = (struct export_account){
            .id = page[i].id,
            .owner = page[i].owner,
            .kind = page[i].kind,
            .currency = page[i].currency,
        };
    }
}

static enum err load_accounts(struct ledger *ledger, struct export_book *book)
{
    struct ledger_account_filter filter = {0};
    struct ledger_account *page = calloc(PAGE_ACCOUNTS, sizeof(*page));
    size_t count = PAGE_ACCOUNTS;
    enum err err = ERR_OK;
    BUG_IF(page == NULL);
    while (count == PAGE_ACCOUNTS) {
        err = ledger_list_accounts(ledger, &filter, PAGE_ACCOUNTS, page, &count);
        if (err != ERR_OK) {
            break;
        }
        if (count > 0) {
            add_accounts(book, page, count);
            filter.after = page[count - 1].id;
        }
    }
    free(page);
    return err;
}

/* ---- transfers ---- */

struct log_page {
    struct ledger_posted *posted;
    int64_t *indexes;
    size_t count;
    int64_t from, next;
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct log_page *page = arg;
    return ledger_list_log(tx, page->from, PAGE_TRANSFERS, page->posted, page->indexes,
                           &page->count, &page->next);
}

static void note_entry(struct export_book *book, const struct ledger_entry *entry, bool before)
{
    struct export_account *account = export_account_find(book, entry->account);
    if (entry->seq > account->seq) {
        account->seq = entry->seq;
        account->closing_minor = entry->posted_minor;
    }
    if (before) {
        account->opening_minor = account->closing_minor;
    }
}

struct walk {
    const struct export_request *request;
    struct export_book *book;
    bool writing; /* second pass: the first only learns the opening balances */
};

static enum err walk_transfer(struct walk *walk, const struct ledger_posted *posted, int64_t index)
{
    struct export_book *book = walk->book;
    if (export_account_find(book, posted->debit.account) == NULL ||
        export_account_find(book, posted->credit.account) == NULL) {
        return ERR_LEDGER_CORRUPT;
    }
    bool before = posted->created_at_us < book->from_us;
    if (!walk->writing) {
        if (before) {
            note_entry(book, &posted->debit, true);
            note_entry(book, &posted->credit, true);
        }
    } else if (!before && posted->created_at_us < book->until_us) {
        note_entry(book, &posted->debit, false);
        note_entry(book, &posted->credit, false);
        walk->request->format->transfer(book, posted, index);
        book->transfers++;
        book->last_us =
            posted->created_at_us > book->last_us ? posted->created_at_us : book->last_us;
    }
    return ERR_OK;
}

static enum err walk_log(struct walk *walk, int64_t size)
{
    const struct export_request *request = walk->request;
    struct log_page page = {
        .posted = calloc(PAGE_TRANSFERS, sizeof(*page.posted)),
        .indexes = calloc(PAGE_TRANSFERS, sizeof(*page.indexes)),
    };
    enum err err = ERR_OK;
    BUG_IF(page.posted == NULL || page.indexes == NULL);
    while (err == ERR_OK && page.from < size) {
        err = store_read(request->store, read_page, &page);
        if (err == ERR_OK && page.next <= page.from) {
            break;
        }
        for (size_t i = 0; i < page.count && err == ERR_OK && page.indexes[i] < size; i++) {
            err = walk_transfer(walk, &page.posted[i], page.indexes[i]);
        }
        if (err == ERR_OK && walk->writing && request->progress != NULL) {
            request->progress(request->progress_arg, (uint64_t)page.next, (uint64_t)size);
        }
        page.from = page.next;
    }
    free(page.posted);
    free(page.indexes);
    return err;
}

enum err export_run(const struct export_request *request, uint64_t *ret_transfers)
{
    struct export_book book = {
        .from_us = request->from_us, .until_us = request->until_us, .out = request->out};
    struct walk walk = {.request = request, .book = &book};
    struct ledger_log_head head;
    i64map_init(&book.index);
    /* The head first: every account that the log's part names is then in the list. */
    enum err err = ledger_log_head(request->ledger, &head);
    if (err == ERR_OK) {
        err = load_accounts(request->ledger, &book);
    }
    if (err == ERR_OK && request->from_us > 0) {
        err = walk_log(&walk, head.size);
    }
    if (err == ERR_OK) {
        request->format->begin(&book);
        walk.writing = true;
        err = walk_log(&walk, head.size);
    }
    if (err == ERR_OK) {
        request->format->end(&book);
        err = fflush(request->out) != 0 || ferror(request->out) ? ERR_IO_FAILED : ERR_OK;
    }
    if (err == ERR_OK) {
        *ret_transfers = book.transfers;
    }
    i64map_done(&book.index);
    free(book.accounts);
    return err;
}
