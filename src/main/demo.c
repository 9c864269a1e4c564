/* demo.c — the story of the demonstration data. The contract is in demo.h. */
#include "main/demo.h"

#include "core/rng.h"
#include "main/demo_people.h"

#define DAY_US         INT64_C(86400000000)
#define HOUR_US        INT64_C(3600000000)
#define MINUTE_US      INT64_C(60000000)
#define STORY_SEED     20261122
#define PURCHASES_DAY  9
#define FEE_PER_MILLE  6
#define HOLD_TIMEOUT_S 1800
#define BATCH_MAX      4

/* Places in `cast`. */
enum role {
    BANK,
    OPERATOR_BANK,
    EQUITY,
    TRANSIT_IN,
    TRANSIT_OUT,
    FEES,
    ROUNDING,
    PROVISIONAL,
    REMEDY,
    CHARGES,
    RESERVE,
    SUSPENSE,
    LIN,
    MEI,
    BO,
    NOODLES,
    BANK_JPY,
    LIN_JPY,
    NOODLES_JPY,
    BANK_KWD,
    MEI_KWD,
    BO_KWD,
    ROLE_COUNT,
};

static const struct {
    int64_t owner;
    enum ledger_account_kind kind;
    enum currency currency;
    uint32_t flags;
    int64_t balance_max_minor;
} cast[ROLE_COUNT] = {
    [BANK] = {0, LEDGER_BANK, CURRENCY_CNY, LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS, 0},
    [OPERATOR_BANK] = {0, LEDGER_OPERATOR_BANK, CURRENCY_CNY, 0, 0},
    [EQUITY] = {0, LEDGER_EQUITY, CURRENCY_CNY, 0, 0},
    [TRANSIT_IN] = {0, LEDGER_TRANSIT_IN, CURRENCY_CNY, 0, 0},
    [TRANSIT_OUT] = {0, LEDGER_TRANSIT_OUT, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
    [FEES] = {0, LEDGER_FEE_INCOME, CURRENCY_CNY, 0, 0},
    [ROUNDING] = {0, LEDGER_ROUNDING, CURRENCY_CNY, 0, 0},
    [PROVISIONAL] = {0, LEDGER_PROVISIONAL_CREDIT, CURRENCY_CNY, 0, 0},
    [REMEDY] = {0, LEDGER_REMEDY_EXPENSE, CURRENCY_CNY, 0, 0},
    [CHARGES] = {0, LEDGER_BANK_CHARGES, CURRENCY_CNY, 0, 0},
    [RESERVE] = {2001, LEDGER_RESERVE, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
    [SUSPENSE] = {0, LEDGER_SUSPENSE, CURRENCY_CNY, 0, 0},
    [LIN] = {DEMO_LIN, LEDGER_WALLET, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 1000000},
    [MEI] = {DEMO_MEI, LEDGER_WALLET, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 1000000},
    [BO] = {DEMO_BO, LEDGER_WALLET, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 200000},
    [NOODLES] = {2001, LEDGER_MERCHANT, CURRENCY_CNY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
    [BANK_JPY] = {0, LEDGER_BANK, CURRENCY_JPY, LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS, 0},
    [LIN_JPY] = {DEMO_LIN, LEDGER_WALLET, CURRENCY_JPY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
    [NOODLES_JPY] = {2001, LEDGER_MERCHANT, CURRENCY_JPY, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
    [BANK_KWD] = {0, LEDGER_BANK, CURRENCY_KWD, LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS, 0},
    [MEI_KWD] = {DEMO_MEI, LEDGER_WALLET, CURRENCY_KWD, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
    [BO_KWD] = {DEMO_BO, LEDGER_WALLET, CURRENCY_KWD, LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS, 0},
};

struct story {
    struct app *app;
    struct rng rng;
    int64_t end_us;     /* the story does not reach the present */
    int64_t order;      /* number of the last purchase */
    int64_t fees_minor; /* earned, and still among the clients' money */
    struct account_id ids[ROLE_COUNT];
    uint64_t transfers;
    enum err err; /* the first failure; after it nothing happens */
};

/* ---- telling it to the ledger ---- */

struct telling {
    struct ledger *ledger;
    struct ledger_account_spec *specs;
    struct ledger_transfer transfers[BATCH_MAX];
    struct ledger_result results[BATCH_MAX];
    enum err opened[ROLE_COUNT];
    size_t count;
    uint32_t expired;
};

static enum err open_in_tx(struct store_tx *tx, void *arg)
{
    struct telling *telling = arg;
    return ledger_open_accounts(tx, telling->ledger, telling->specs, ROLE_COUNT, telling->opened);
}

static enum err post_in_tx(struct store_tx *tx, void *arg)
{
    struct telling *telling = arg;
    return ledger_post_transfers(tx, telling->ledger, telling->transfers, telling->count,
                                 telling->results);
}

static enum err expire_in_tx(struct store_tx *tx, void *arg)
{
    struct telling *telling = arg;
    return ledger_expire_due(tx, telling->ledger, 100, &telling->expired);
}

static void open_accounts(struct story *story)
{
    struct ledger_account_spec specs[ROLE_COUNT];
    struct telling telling = {.ledger = story->app->ledger, .specs = specs};
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        story->ids[i].v = id_draw_one(&story->app->ids);
        specs[i] = (struct ledger_account_spec){.id = story->ids[i],
                                                .owner = cast[i].owner,
                                                .kind = cast[i].kind,
                                                .currency = cast[i].currency,
                                                .flags = cast[i].flags,
                                                .balance_max_minor = cast[i].balance_max_minor};
        rng_secure(specs[i].salt.bytes, SHA256_BYTES);
    }
    story->err = store_write_sync(story->app->store, open_in_tx, &telling, 0);
    for (size_t i = 0; i < ROLE_COUNT && story->err == ERR_OK; i++) {
        story->err = telling.opened[i];
    }
}

static void post(struct story *story, const struct ledger_transfer *transfers, size_t count)
{
    struct telling telling = {.ledger = story->app->ledger, .count = count};
    if (story->err != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        telling.transfers[i] = transfers[i];
    }
    story->err = store_write_sync(story->app->store, post_in_tx, &telling, 0);
    for (size_t i = 0; i < count && story->err == ERR_OK; i++) {
        story->err = telling.results[i].code == ERR_OK ? ERR_OK : ERR_INTERNAL;
    }
    story->transfers += count;
}

static void expire(struct story *story)
{
    struct telling telling = {.ledger = story->app->ledger};
    if (story->err == ERR_OK) {
        story->err = store_write_sync(story->app->store, expire_in_tx, &telling, 0);
        story->transfers += telling.expired;
    }
}

static void wait_minutes(struct story *story, int64_t most)
{
    int64_t by_us = (1 + (int64_t)rng_below(&story->rng, (uint64_t)most)) * MINUTE_US +
                    (int64_t)rng_below(&story->rng, (uint64_t)MINUTE_US);
    int64_t left_us = story->end_us - clock_now_us(&story->app->clock);
    clock_advance(&story->app->clock, by_us < left_us ? by_us : 0);
}

static struct ledger_transfer move(struct story *story, enum role from, enum role to,
                                   int64_t amount_minor, enum demo_code code)
{
    return (struct ledger_transfer){.id = {id_draw_one(&story->app->ids)},
                                    .debit_account = story->ids[from],
                                    .credit_account = story->ids[to],
                                    .amount_minor = amount_minor,
                                    .currency = cast[from].currency,
                                    .code = (uint16_t)code};
}

static void post_one(struct story *story, enum role from, enum role to, int64_t amount_minor,
                     enum demo_code code)
{
    struct ledger_transfer transfer = move(story, from, to, amount_minor, code);
    post(story, &transfer, 1);
}

/* ---- scenes ---- */

/* The wallet is credited while the money is still on its way from the person's bank. */
static void top_up(struct story *story, enum role who, int64_t amount_minor)
{
    post_one(story, TRANSIT_IN, who, amount_minor, DEMO_TOP_UP);
    wait_minutes(story, 40);
    post_one(story, BANK, TRANSIT_IN, amount_minor, DEMO_TOP_UP);
}

static void withdraw(struct story *story, enum role who, int64_t amount_minor, enum demo_code code)
{
    post_one(story, who, TRANSIT_OUT, amount_minor, code);
    wait_minutes(story, 90);
    post_one(story, TRANSIT_OUT, BANK, amount_minor, code);
}

/* Paid to the shop, which pays the fee: both or neither. */
static void purchase(struct story *story, enum role who, int64_t amount_minor)
{
    int64_t fee_minor = (amount_minor * FEE_PER_MILLE + 999) / 1000;
    struct ledger_transfer pair[2] = {move(story, who, NOODLES, amount_minor, DEMO_PURCHASE),
                                      move(story, NOODLES, FEES, fee_minor, DEMO_FEE)};
    pair[0].flags = LEDGER_LINKED;
    pair[0].reference = pair[1].reference = ++story->order;
    post(story, pair, 2);
    story->fees_minor += fee_minor;
}

/* The clients' account holds what clients are owed, no more and no less: fees leave it daily. */
static void sweep_fees(struct story *story)
{
    post_one(story, OPERATOR_BANK, BANK, story->fees_minor, DEMO_FEE);
    story->fees_minor = 0;
}

static struct transfer_id hold(struct story *story, enum role who, int64_t amount_minor)
{
    struct ledger_transfer transfer = move(story, who, NOODLES, amount_minor, DEMO_PURCHASE);
    transfer.flags = LEDGER_PENDING;
    transfer.timeout_s = HOLD_TIMEOUT_S;
    transfer.reference = ++story->order;
    post(story, &transfer, 1);
    return transfer.id;
}

static void settle(struct story *story, struct transfer_id pending, uint32_t flag,
                   int64_t amount_minor)
{
    struct ledger_transfer transfer = {.id = {id_draw_one(&story->app->ids)},
                                       .amount_minor = amount_minor,
                                       .code = DEMO_PURCHASE,
                                       .flags = flag,
                                       .pending_id = pending};
    post(story, &transfer, 1);
}

/* Orders for later: one picked up for less, one called off, one forgotten. */
static void table_orders(struct story *story)
{
    struct transfer_id captured = hold(story, LIN, 8800);
    struct transfer_id voided = hold(story, MEI, 4200);
    (void)hold(story, BO, 3600);
    wait_minutes(story, 20);
    settle(story, captured, LEDGER_POST_PENDING, 7600);
    settle(story, voided, LEDGER_VOID_PENDING, 0);
    wait_minutes(story, 60);
    expire(story);
}

static void first_morning(struct story *story)
{
    post_one(story, OPERATOR_BANK, EQUITY, 5000000, DEMO_CAPITAL);
    top_up(story, LIN, 300000);
    top_up(story, MEI, 180000);
    top_up(story, BO, 120000);
    post_one(story, BANK_JPY, LIN_JPY, 30000, DEMO_TOP_UP);
    post_one(story, BANK_KWD, MEI_KWD, 120500, DEMO_TOP_UP);
}

static void usual_day(struct story *story)
{
    static const enum role people[] = {LIN, MEI, BO};
    for (size_t i = 0; i < PURCHASES_DAY; i++) {
        wait_minutes(story, 45);
        purchase(story, people[rng_below(&story->rng, ARRAY_COUNT(people))],
                 1200 + 100 * (int64_t)rng_below(&story->rng, 40));
    }
    post_one(story, LIN, MEI, 1800, DEMO_TRANSFER);
    wait_minutes(story, 30);
    post_one(story, MEI, BO, 2500, DEMO_TRANSFER);
    post_one(story, LIN_JPY, NOODLES_JPY, 980, DEMO_PURCHASE);
    post_one(story, MEI_KWD, BO_KWD, 1250, DEMO_TRANSFER);
}

/* Somebody was charged twice: money first, the question later. */
static void dispute(struct story *story)
{
    purchase(story, MEI, 6800);
    wait_minutes(story, 2);
    purchase(story, MEI, 6800);
    wait_minutes(story, 180);
    /* From the operator's own pocket, until it is settled whose fault it was. */
    post_one(story, PROVISIONAL, MEI, 6800, DEMO_PROVISIONAL_CREDIT);
    post_one(story, BANK, OPERATOR_BANK, 6800, DEMO_PROVISIONAL_CREDIT);
}

static void one_day(struct story *story, int day)
{
    usual_day(story);
    switch (day) {
    case 1:
        table_orders(story);
        break;
    case 2:
        post_one(story, NOODLES, LIN, 2600, DEMO_REFUND);
        break;
    case 3:
        dispute(story);
        table_orders(story);
        break;
    case 4:
        top_up(story, BO, 40000);
        withdraw(story, LIN, 50000, DEMO_WITHDRAWAL);
        break;
    case 5:
        post_one(story, NOODLES, RESERVE, 5000, DEMO_SETTLEMENT);
        withdraw(story, NOODLES, 60000, DEMO_SETTLEMENT);
        table_orders(story);
        break;
    default:
        break;
    }
    sweep_fees(story);
}

enum err demo_write(struct app *app, uint64_t *ret_transfers)
{
    int64_t start_us = clock_now_us(&app->clock);
    struct story story = {.app = app, .end_us = start_us + DEMO_DAYS * DAY_US};
    rng_init(&story.rng, STORY_SEED);
    open_accounts(&story);
    first_morning(&story);
    for (int day = 0; day < DEMO_DAYS && story.err == ERR_OK; day++) {
        int64_t opens_us = start_us + day * DAY_US + 2 * HOUR_US;
        int64_t now_us = clock_now_us(&app->clock);
        clock_advance(&app->clock, opens_us > now_us ? opens_us - now_us : 0);
        one_day(&story, day);
    }
    clock_advance(&app->clock, (story.end_us - clock_now_us(&app->clock)) / 2);
    expire(&story);
    if (story.err == ERR_OK) {
        *ret_transfers = story.transfers;
    }
    return story.err;
}
