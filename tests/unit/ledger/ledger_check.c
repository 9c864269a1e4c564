/* ledger_check.c — see ledger_check.h. */
#include "unit.h"

#include <string.h>

#include "ledger/ledger_chain.h"
#include "ledger_check.h"

#define PAGE 97

struct read_log {
    int64_t from_index, next_index;
    struct ledger_posted *rows;
    int64_t *indexes;
    size_t count;
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct read_log *read = arg;
    return ledger_list_log(tx, read->from_index, PAGE, read->rows, read->indexes, &read->count,
                           &read->next_index);
}

struct ledger_posted *ledger_check_read_log(struct store_world *world, size_t *ret_count,
                                            int64_t **ret_indexes)
{
    struct ledger_log_head head;
    assert_int_equal(ledger_log_head(world->ledger, &head), ERR_OK);
    struct ledger_posted *rows = calloc((size_t)head.size + PAGE, sizeof(*rows));
    int64_t *indexes = calloc((size_t)head.size + PAGE, sizeof(*indexes));
    size_t count = 0;
    int64_t from = 0;
    assert_true(rows != NULL && indexes != NULL);
    for (;;) {
        struct read_log read = {
            .from_index = from, .rows = rows + count, .indexes = indexes + count};
        assert_true((int64_t)count <= head.size);
        assert_int_equal(store_read(world->store, read_page, &read), ERR_OK);
        count += read.count;
        if (read.next_index == from) {
            break;
        }
        from = read.next_index;
    }
    assert_int_equal(from, head.size);
    *ret_count = count;
    *ret_indexes = indexes;
    return rows;
}

static const struct ledger_posted *find(const struct ledger_posted *rows, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].transfer.id.v == id) {
            return &rows[i];
        }
    }
    fail_msg("a hold is not in the log");
    return NULL;
}

static void apply(struct ledger_account *account, const struct ledger_posted *row, bool is_debit,
                  const struct ledger_posted *rows, size_t count)
{
    const struct ledger_transfer *t = &row->transfer;
    int64_t *pending = is_debit ? &account->debits_pending : &account->credits_pending;
    int64_t *posted = is_debit ? &account->debits_posted : &account->credits_posted;
    if ((t->flags & LEDGER_PENDING) != 0) {
        *pending += t->amount_minor;
        return;
    }
    if (t->pending_id.v != 0) {
        const struct ledger_posted *hold = find(rows, count, t->pending_id.v);
        assert_true((hold->transfer.flags & LEDGER_PENDING) != 0);
        assert_true(t->amount_minor <= hold->transfer.amount_minor);
        *pending -= hold->transfer.amount_minor;
    }
    if ((t->flags & (LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0) {
        *posted += t->amount_minor;
    }
}

static void check_account(struct store_world *world, const struct ledger_account_spec *spec,
                          const struct ledger_posted *rows, size_t count)
{
    struct ledger_account stored, own = {.id = spec->id};
    struct sha256_hash head;
    int64_t at_us = 0;
    assert_int_equal(ledger_get_account(world->ledger, spec->id, &stored), ERR_OK);
    chain_opening_hash(spec, stored.created_at_us, &head);
    for (size_t i = 0; i < count; i++) {
        const struct ledger_posted *row = &rows[i];
        bool is_debit = row->transfer.debit_account.v == spec->id.v;
        if (!is_debit && row->transfer.credit_account.v != spec->id.v) {
            continue;
        }
        const struct ledger_entry *entry = is_debit ? &row->debit : &row->credit;
        struct chain_core core;
        struct sha256_hash core_hash;
        apply(&own, row, is_debit, rows, count);
        own.seq++;
        assert_true(row->created_at_us >= at_us);
        at_us = row->created_at_us;
        assert_int_equal(entry->seq, own.seq);
        assert_int_equal(entry->prev_transfer.v, own.last_transfer.v);
        assert_int_equal(entry->posted_minor, own.credits_posted - own.debits_posted);
        assert_int_equal(entry->held_debits_minor, own.debits_pending);
        assert_int_equal(entry->held_credits_minor, own.credits_pending);
        chain_core_of_posted(row, &core);
        chain_core_hash(&core, &core_hash);
        chain_side_hash(&(struct chain_side){.side = is_debit ? LEDGER_DEBIT : LEDGER_CREDIT,
                                             .account = spec->id.v,
                                             .prev_transfer = own.last_transfer.v,
                                             .seq = own.seq,
                                             .posted_minor = entry->posted_minor,
                                             .held_debits_minor = entry->held_debits_minor,
                                             .held_credits_minor = entry->held_credits_minor},
                        &head, &core_hash, &head);
        assert_memory_equal(&head, &entry->hash, sizeof(head));
        own.last_transfer = row->transfer.id;
    }
    assert_int_equal(stored.debits_posted, own.debits_posted);
    assert_int_equal(stored.credits_posted, own.credits_posted);
    assert_int_equal(stored.debits_pending, own.debits_pending);
    assert_int_equal(stored.credits_pending, own.credits_pending);
    assert_int_equal(stored.seq, own.seq);
    assert_int_equal(stored.last_transfer.v, own.last_transfer.v);
    assert_memory_equal(&stored.head, &head, sizeof(head));
}

/* MTH of RFC 6962. */
static struct sha256_hash root_of(const struct sha256_hash *leaves, size_t count)
{
    struct sha256_hash root;
    if (count == 0) {
        sha256("", 0, &root);
        return root;
    }
    if (count == 1) {
        return leaves[0];
    }
    size_t left = 1;
    while (left * 2 < count) {
        left *= 2;
    }
    struct sha256_hash a = root_of(leaves, left), b = root_of(leaves + left, count - left);
    merkle_node_hash(&a, &b, &root);
    return root;
}

static void check_root(struct store_world *world, const struct ledger_account_spec *specs,
                       size_t account_count, const struct ledger_posted *rows,
                       const int64_t *indexes, size_t count)
{
    struct ledger_log_head head;
    assert_int_equal(ledger_log_head(world->ledger, &head), ERR_OK);
    assert_int_equal(head.size, account_count + count);
    struct sha256_hash *leaves = calloc((size_t)head.size + 1, sizeof(*leaves));
    assert_non_null(leaves);
    for (size_t i = 0; i < account_count; i++) {
        struct ledger_account account;
        struct sha256_hash opening;
        assert_int_equal(ledger_get_account(world->ledger, specs[i].id, &account), ERR_OK);
        chain_opening_hash(&specs[i], account.created_at_us, &opening);
        chain_leaf_opened_hash(specs[i].id.v, &opening, &leaves[i]);
    }
    for (size_t i = 0; i < count; i++) {
        struct chain_core core;
        struct sha256_hash core_hash;
        assert_int_equal(indexes[i], account_count + i);
        chain_core_of_posted(&rows[i], &core);
        chain_core_hash(&core, &core_hash);
        chain_leaf_hash(rows[i].transfer.id.v, &core_hash, &rows[i].debit.hash,
                        &rows[i].credit.hash, &leaves[indexes[i]]);
    }
    struct sha256_hash root = root_of(leaves, (size_t)head.size);
    assert_memory_equal(&root, &head.root, sizeof(root));
    free(leaves);
}

static void check_totals(struct store_world *world, const struct ledger_account_spec *specs,
                         size_t account_count)
{
    struct ledger_totals totals[8];
    size_t count = 0;
    assert_int_equal(ledger_totals(world->ledger, totals, ARRAY_COUNT(totals), &count), ERR_OK);
    for (size_t i = 0; i < count; i++) {
        int64_t debits = 0;
        for (size_t k = 0; k < account_count; k++) {
            struct ledger_account account;
            assert_int_equal(ledger_get_account(world->ledger, specs[k].id, &account), ERR_OK);
            debits += account.currency == totals[i].currency ? account.debits_posted : 0;
        }
        assert_int_equal(totals[i].debits_posted, debits);
        assert_int_equal(totals[i].debits_posted, totals[i].credits_posted);
        assert_int_equal(totals[i].debits_pending, totals[i].credits_pending);
        assert_int_equal(totals[i].client_liabilities + totals[i].transit_out,
                         totals[i].bank + totals[i].transit_in);
    }
}

size_t ledger_check_all(struct store_world *world, const struct ledger_account_spec *specs,
                        size_t count)
{
    size_t row_count = 0;
    int64_t *indexes = NULL;
    uint32_t sealed;
    assert_int_equal(ledger_seal_pending(world->ledger, &sealed), ERR_OK);
    struct ledger_posted *rows = ledger_check_read_log(world, &row_count, &indexes);
    for (size_t i = 0; i < count; i++) {
        check_account(world, &specs[i], rows, row_count);
    }
    check_root(world, specs, count, rows, indexes, row_count);
    check_totals(world, specs, count);
    free(rows);
    free(indexes);
    return row_count;
}

/* ---- what the tests begin with ---- */

void ledger_check_open(struct store_world *world, struct ledger_account_spec *specs)
{
    enum err results[LEDGER_CHECK_ACCOUNTS];
    for (int64_t i = 0; i < LEDGER_CHECK_ACCOUNTS; i++) {
        specs[i] = (struct ledger_account_spec){
            .id = {i + 1},
            .owner = i,
            .kind = i == 0 ? LEDGER_BANK : LEDGER_WALLET,
            .currency = CURRENCY_CNY,
            .flags = i == 0 ? 0 : LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS};
        memset(specs[i].salt.bytes, (int)i + 1, sizeof(specs[i].salt.bytes));
    }
    store_world_open(world, specs, LEDGER_CHECK_ACCOUNTS, results);
    for (size_t i = 0; i < LEDGER_CHECK_ACCOUNTS; i++) {
        assert_int_equal(results[i], ERR_OK);
    }
}

struct ledger_transfer ledger_check_move(int64_t id, int64_t debit, int64_t credit, int64_t amount)
{
    return (struct ledger_transfer){.id = {id},
                                    .debit_account = {debit},
                                    .credit_account = {credit},
                                    .amount_minor = amount,
                                    .currency = CURRENCY_CNY,
                                    .code = 1};
}

enum err ledger_check_post(struct store_world *world, struct ledger_transfer t)
{
    struct ledger_result result;
    store_world_post(world, &t, 1, &result);
    return result.code;
}
