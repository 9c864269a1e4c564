/* api_gauges.c — see api_gauges.h. The ledger's invariant is among them: debits minus credits of
 * each currency, which must be 0 at every scrape. */
#include "api/api_gauges.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/checkpoint.h"
#include "notify/notify.h"

#define CURRENCIES_MAX 64

enum gauge {
    GROUPS,
    CALLBACKS,
    RETRIES,
    COMMIT_FAILURES,
    UNKNOWN_OUTCOMES,
    REJECTED_BUSY,
    COMMIT_US,
    WAL_BYTES,
    CHECKPOINTS,
    QUEUED,
    AVAILABLE,
    READ_ONLY,
    POSTED,
    REJECTED,
    BATCHES,
    OPEN_HOLDS,
    ACCOUNTS,
    CONFLICTS,
    LOG_SIZE,
    CHECKPOINT_SIZE,
    NEWS_WAITING,
    SMS_WAITING,
    EMAIL_WAITING,
    MESSAGES_AGE,
    CONNECTIONS,
    ACTIVE,
    SUSPENDED,
    STREAMS,
    RATE_LIMITED,
    TIMED_OUT,
    REFUSED_DRAINING,
    GAUGE_COUNT
};

static const struct {
    enum metric_type type;
    const char *name, *help;
} descriptions[GAUGE_COUNT] = {
    [GROUPS] = {METRIC_COUNTER, "jinnang_store_groups_total", "Groups of writes committed"},
    [CALLBACKS] = {METRIC_COUNTER, "jinnang_store_writes_total",
                   "Writes carried out; over groups, the size of a group"},
    [RETRIES] = {METRIC_COUNTER, "jinnang_store_retries_total", "Groups run again"},
    [COMMIT_FAILURES] = {METRIC_COUNTER, "jinnang_store_commit_failures_total",
                         "Commits that failed"},
    [UNKNOWN_OUTCOMES] = {METRIC_COUNTER, "jinnang_store_unknown_outcomes_total",
                          "Commits whose outcome was not known at once"},
    [REJECTED_BUSY] = {METRIC_COUNTER, "jinnang_store_rejected_busy_total",
                       "Writes refused because the queue was full"},
    [COMMIT_US] = {METRIC_COUNTER, "jinnang_store_commit_microseconds_total",
                   "Time spent in commits"},
    [WAL_BYTES] = {METRIC_GAUGE, "jinnang_store_wal_bytes", "Size of the write-ahead log"},
    [CHECKPOINTS] = {METRIC_COUNTER, "jinnang_store_checkpoints_total",
                     "Times the write-ahead log was moved into the file"},
    [QUEUED] = {METRIC_GAUGE, "jinnang_store_queue_length", "Writes waiting for a lane"},
    [AVAILABLE] = {METRIC_GAUGE, "jinnang_store_available", "1 while the database answers"},
    [READ_ONLY] = {METRIC_GAUGE, "jinnang_store_read_only", "1 while the disk is almost full"},
    [POSTED] = {METRIC_COUNTER, "jinnang_ledger_transfers_posted_total", "Transfers made"},
    [REJECTED] = {METRIC_COUNTER, "jinnang_ledger_transfers_rejected_total", "Transfers refused"},
    [BATCHES] = {METRIC_COUNTER, "jinnang_ledger_batches_total", "Batches of transfers"},
    [OPEN_HOLDS] = {METRIC_GAUGE, "jinnang_ledger_open_holds", "Holds that are open"},
    [ACCOUNTS] = {METRIC_GAUGE, "jinnang_ledger_accounts", "Accounts"},
    [CONFLICTS] = {METRIC_COUNTER, "jinnang_ledger_conflicts_total",
                   "Groups run again because another process changed an account"},
    [LOG_SIZE] = {METRIC_GAUGE, "jinnang_ledger_log_size", "Leaves of the log"},
    [CHECKPOINT_SIZE] = {METRIC_GAUGE, "jinnang_ledger_checkpoint_size",
                         "Leaves under the newest signed checkpoint; what the log has beyond them "
                         "for more than a second is not being sealed"},
    [NEWS_WAITING] = {METRIC_GAUGE, "jinnang_messages_news_waiting",
                      "News that is not a message yet"},
    [SMS_WAITING] = {METRIC_GAUGE, "jinnang_messages_sms_waiting", "Text messages not sent yet"},
    [EMAIL_WAITING] = {METRIC_GAUGE, "jinnang_messages_email_waiting", "E-mails not sent yet"},
    [MESSAGES_AGE] = {METRIC_GAUGE, "jinnang_messages_oldest_seconds",
                      "How long the oldest of them has waited"},
    [CONNECTIONS] = {METRIC_GAUGE, "jinnang_http_connections", "Open connections"},
    [ACTIVE] = {METRIC_GAUGE, "jinnang_http_requests_active", "Requests not answered yet"},
    [SUSPENDED] = {METRIC_GAUGE, "jinnang_http_requests_suspended",
                   "Requests waiting for their commit"},
    [STREAMS] = {METRIC_GAUGE, "jinnang_http_streams", "Open event streams"},
    [RATE_LIMITED] = {METRIC_COUNTER, "jinnang_http_rate_limited_total",
                      "Requests refused by their key's rate"},
    [TIMED_OUT] = {METRIC_COUNTER, "jinnang_http_timed_out_total",
                   "Connections cut because their peer was too slow"},
    [REFUSED_DRAINING] = {METRIC_COUNTER, "jinnang_http_refused_stopping_total",
                          "Requests refused because the server stops"},
};

struct api_gauges {
    struct api_app *app;
    _Atomic(struct http_server *) server;
    struct metric *metrics[GAUGE_COUNT];
    const enum currency *currencies;
    size_t currency_count;
    struct metric *imbalances[CURRENCIES_MAX];
};

static void set(struct api_gauges *gauges, enum gauge gauge, uint64_t value)
{
    metric_set(gauges->metrics[gauge], (int64_t)value);
}

static void collect_store(struct api_gauges *gauges)
{
    struct store_stats stats;

    store_stats(gauges->app->store, &stats);
    set(gauges, GROUPS, stats.groups);
    set(gauges, CALLBACKS, stats.callbacks);
    set(gauges, RETRIES, stats.retries);
    set(gauges, COMMIT_FAILURES, stats.commit_failures);
    set(gauges, UNKNOWN_OUTCOMES, stats.unknown_outcomes);
    set(gauges, REJECTED_BUSY, stats.rejected_busy);
    set(gauges, COMMIT_US, stats.commit_us_sum);
    set(gauges, WAL_BYTES, stats.wal_bytes);
    set(gauges, CHECKPOINTS, stats.checkpoints);
    set(gauges, QUEUED, stats.queued);
    set(gauges, AVAILABLE, stats.available ? 1 : 0);
    set(gauges, READ_ONLY, stats.read_only ? 1 : 0);
}

struct newest {
    struct arena *arena;
    struct checkpoint checkpoint;
};

static enum err read_newest(struct store_tx *tx, void *arg)
{
    struct newest *newest = arg;

    return sealer_latest(tx, newest->arena, &newest->checkpoint, NULL);
}

static void collect_checkpoint(struct api_gauges *gauges)
{
    struct newest newest = {.arena = arena_create(4 * (size_t)NOTE_BYTES_MAX)};

    if (store_read(gauges->app->store, read_newest, &newest) == ERR_OK) {
        set(gauges, CHECKPOINT_SIZE, (uint64_t)newest.checkpoint.size);
    }
    arena_free(newest.arena);
}

/* What cannot be read now keeps its last value; jinnang_store_available says why. */
static void collect_ledger(struct api_gauges *gauges)
{
    struct ledger_totals totals[CURRENCIES_MAX];
    struct ledger_stats stats;
    struct ledger_log_head head;
    size_t count = 0;

    ledger_stats(gauges->app->ledger, &stats);
    set(gauges, POSTED, stats.transfers_posted);
    set(gauges, REJECTED, stats.transfers_rejected);
    set(gauges, BATCHES, stats.batches);
    set(gauges, OPEN_HOLDS, stats.open_holds);
    set(gauges, ACCOUNTS, stats.accounts);
    set(gauges, CONFLICTS, stats.conflicts);
    if (ledger_log_head(gauges->app->ledger, &head) == ERR_OK) {
        set(gauges, LOG_SIZE, (uint64_t)head.size);
    }
    if (ledger_totals(gauges->app->ledger, totals, CURRENCIES_MAX, &count) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < gauges->currency_count; j++) {
            if (gauges->currencies[j] == totals[i].currency) {
                metric_set(gauges->imbalances[j],
                           totals[i].debits_posted - totals[i].credits_posted);
            }
        }
    }
}

static void collect_http(struct api_gauges *gauges)
{
    struct http_server *server = atomic_load_explicit(&gauges->server, memory_order_acquire);
    struct http_server_stats stats;

    if (server == NULL) {
        return;
    }
    http_server_stats(server, &stats);
    set(gauges, CONNECTIONS, stats.connections);
    set(gauges, ACTIVE, stats.requests_active);
    set(gauges, SUSPENDED, stats.requests_suspended);
    set(gauges, STREAMS, stats.streams);
    set(gauges, RATE_LIMITED, stats.rate_limited);
    set(gauges, TIMED_OUT, stats.timed_out);
    set(gauges, REFUSED_DRAINING, stats.refused_draining);
}

static enum err read_messages(struct store_tx *tx, void *arg)
{
    return notify_stats(tx, arg);
}

static void collect_messages(struct api_gauges *gauges)
{
    struct notify_stats stats;
    int64_t now_us = clock_now_us(gauges->app->clock);

    if (store_read(gauges->app->store, read_messages, &stats) != ERR_OK) {
        return;
    }
    set(gauges, NEWS_WAITING, (uint64_t)stats.outbox_waiting);
    set(gauges, SMS_WAITING, (uint64_t)stats.sms_waiting);
    set(gauges, EMAIL_WAITING, (uint64_t)stats.email_waiting);
    set(gauges, MESSAGES_AGE,
        stats.oldest_us == 0 || stats.oldest_us > now_us
            ? 0
            : (uint64_t)(now_us - stats.oldest_us) / 1000000);
}

static void collect(void *arg)
{
    struct api_gauges *gauges = arg;

    collect_store(gauges);
    collect_ledger(gauges);
    collect_checkpoint(gauges);
    collect_messages(gauges);
    collect_http(gauges);
}

struct api_gauges *api_gauges_create(struct api_app *app)
{
    struct api_gauges *gauges = calloc(1, sizeof(*gauges));

    BUG_IF(gauges == NULL);
    gauges->app = app;
    for (size_t i = 0; i < GAUGE_COUNT; i++) {
        gauges->metrics[i] = metrics_add(app->metrics, descriptions[i].type, descriptions[i].name,
                                         descriptions[i].help, NULL);
    }
    gauges->currencies = currency_all(&gauges->currency_count);
    BUG_IF(gauges->currency_count > CURRENCIES_MAX);
    for (size_t i = 0; i < gauges->currency_count; i++) {
        char labels[32];

        snprintf(labels, sizeof(labels), "currency=\"%s\"", currency_code(gauges->currencies[i]));
        gauges->imbalances[i] =
            metrics_add(app->metrics, METRIC_GAUGE, "jinnang_ledger_debits_minus_credits_minor",
                        "Must be 0 at all times", labels);
    }
    metrics_on_collect(app->metrics, collect, gauges);
    return gauges;
}

void api_gauges_set_server(struct api_gauges *gauges, struct http_server *server)
{
    atomic_store_explicit(&gauges->server, server, memory_order_release);
}

void api_gauges_free(struct api_gauges *gauges)
{
    free(gauges);
}
