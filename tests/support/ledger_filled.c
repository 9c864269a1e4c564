/* ledger_filled.c — see ledger_filled.h. */
#include "support/ledger_filled.h"

#include <string.h>

static const struct {
    enum ledger_account_kind kind;
    enum currency currency;
    uint32_t flags;
    int64_t overdraft, max;
} KINDS[FILLED_ACCOUNTS] = {
    {LEDGER_BANK, CURRENCY_CNY, LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS, 0, 0},
    {LEDGER_WALLET, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 5000, 0},
    {LEDGER_WALLET, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0, 100000000},
    {LEDGER_MERCHANT, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0, 0},
    {LEDGER_FEE_INCOME, CURRENCY_CNY, 0, 0, 0},
    {LEDGER_BANK, CURRENCY_JPY, LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS, 0, 0},
    {LEDGER_WALLET, CURRENCY_JPY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0, 0},
    {LEDGER_WALLET, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0, 0},
};

static struct ledger_transfer draw(struct filled *filled, int debit, int credit, int64_t amount)
{
    struct ledger_transfer transfer = {
        .id = {id_draw_one(&filled->world->ids)},
        .debit_account = {debit < 0 ? 0 : filled->accounts[debit]},
        .credit_account = {credit < 0 ? 0 : filled->accounts[credit]},
        .amount_minor = amount,
        .currency = debit < 0 ? CURRENCY_NONE : KINDS[debit].currency,
        .code = 1,
    };
    return transfer;
}

/* The verdict must be the one expected of all of them. */
static void post(struct filled *filled, const struct ledger_transfer *transfers, size_t count,
                 enum err expected)
{
    struct ledger_result results[8];
    BUG_IF(count > ARRAY_COUNT(results));
    store_world_post(filled->world, transfers, count, results);
    for (size_t i = 0; i < count; i++) {
        if (results[i].code != expected && !(expected != ERR_OK && results[i].code != ERR_OK)) {
            bug_report(__FILE__, __LINE__, __func__, err_code(results[i].code));
        }
        if (results[i].code == ERR_OK) {
            filled->transfer_count++;
            filled->last_transfer = transfers[i].id.v;
        }
    }
}

static void post_one(struct filled *filled, struct ledger_transfer transfer)
{
    post(filled, &transfer, 1, ERR_OK);
}

void filled_open(struct filled *filled, struct store_world *world)
{
    struct ledger_account_spec specs[FILLED_ACCOUNTS];
    enum err codes[FILLED_ACCOUNTS];
    memset(filled, 0, sizeof(*filled));
    memset(specs, 0, sizeof(specs));
    filled->world = world;
    for (int i = 0; i < FILLED_ACCOUNTS; i++) {
        filled->accounts[i] = id_draw_one(&world->ids);
        specs[i] = (struct ledger_account_spec){
            .id = {filled->accounts[i]},
            .owner = i % 3 == 0 ? 0 : 1000 + i,
            .kind = KINDS[i].kind,
            .currency = KINDS[i].currency,
            .flags = KINDS[i].flags,
            .overdraft_minor = KINDS[i].overdraft,
            .balance_max_minor = KINDS[i].max,
        };
        memset(specs[i].salt.bytes, 0x11 * (i + 1), sizeof(specs[i].salt.bytes));
    }
    store_world_open(world, specs, FILLED_ACCOUNTS, codes);
    for (int i = 0; i < FILLED_ACCOUNTS; i++) {
        BUG_IF(codes[i] != ERR_OK);
    }
    post_one(filled, draw(filled, 0, 1, 1000000));
    post_one(filled, draw(filled, 0, 2, 500000));
    post_one(filled, draw(filled, 5, 6, 30000));
    /* Account 7 is closed for good: a closing hold of nothing, then posted. */
    struct ledger_transfer closing = draw(filled, 7, 4, 0);
    closing.flags = LEDGER_PENDING | LEDGER_CLOSE_DEBIT;
    post_one(filled, closing);
    struct ledger_transfer closed = draw(filled, -1, -1, 0);
    closed.flags = LEDGER_POST_PENDING;
    closed.pending_id = closing.id;
    post_one(filled, closed);
}

static void hold_and(struct filled *filled, uint32_t how, int64_t amount, int64_t captured)
{
    struct ledger_transfer hold = draw(filled, 1, 3, amount);
    hold.flags = LEDGER_PENDING;
    hold.code = 7;
    hold.timeout_s = how == LEDGER_EXPIRE_PENDING ? 60 : 86400;
    post_one(filled, hold);
    if (how == LEDGER_EXPIRE_PENDING) {
        clock_advance(&filled->world->clock, 61 * INT64_C(1000000));
        filled->transfer_count += store_world_expire(filled->world, 10);
        return;
    }
    if (how != 0) {
        struct ledger_transfer end = draw(filled, -1, -1, captured);
        end.flags = how;
        end.code = 7;
        end.pending_id = hold.id;
        post_one(filled, end);
    }
}

void filled_round(struct filled *filled, size_t round)
{
    struct ledger_transfer group[3];
    int64_t amount = (int64_t)(round % 97) + 3;
    clock_advance(&filled->world->clock, 1500000);
    struct ledger_transfer paid = draw(filled, 1, 2, amount);
    paid.reference = (int64_t)round + 1;
    paid.has_commitment = round % 2 == 0;
    memset(paid.commitment.bytes, (int)round, sizeof(paid.commitment.bytes));
    post_one(filled, paid);
    group[0] = draw(filled, 2, 3, amount);
    group[0].flags = LEDGER_LINKED;
    group[1] = draw(filled, 3, 4, 1);
    group[1].flags = LEDGER_LINKED;
    group[1].code = 2;
    group[2] = draw(filled, 4, 1, 1);
    group[2].code = 3;
    post(filled, group, 3, ERR_OK);
    post_one(filled, draw(filled, 6, 5, 1));
    hold_and(filled, LEDGER_POST_PENDING, 50, 20);
    hold_and(filled, LEDGER_VOID_PENDING, 30, 0);
    if (round % 3 == 1) {
        hold_and(filled, LEDGER_EXPIRE_PENDING, 40, 0);
    } else if (round % 3 == 2) {
        hold_and(filled, 0, 4, 0);
    }
    struct ledger_transfer broke = draw(filled, 6, 5, 99999999);
    broke.has_commitment = round % 2 == 1;
    post(filled, &broke, 1, ERR_INSUFFICIENT_FUNDS);
}
