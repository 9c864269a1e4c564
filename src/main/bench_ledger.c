/* bench_ledger.c — see bench_ledger.h. */
#include "main/bench_ledger.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/rng.h"
#include "ledger/ledger.h"
#include "q_bench.h"
#include "store/store.h"

#define OVERDRAFT_MINOR (INT64_C(1) << 50) /* the limit is checked and never met */
#define LATENCIES_MAX   (4u * 1024 * 1024)
#define PATH_BYTES      1024

struct caller;

/* One database under load: the ledger's, or the bare loop's. */
struct target {
    struct store *store;
    struct ledger *ledger; /* NULL: bare */
    struct clock clock;
    struct id_source ids;
    char path[PATH_BYTES]; /* ours, to be removed; empty: the user's */
};

struct load {
    const struct bench_ledger_config *config;
    struct target *target;
    struct rng rng;
    const int64_t *accounts;
    pthread_mutex_t lock; /* free_list, free_count, failed */
    pthread_cond_t freed;
    struct caller *free_list;
    size_t free_count;
    enum err failed;
    uint32_t *latencies_us;
    size_t latency_count;
};

struct caller {
    struct load *load;
    struct caller *next;
    struct store_write write;
    size_t count;
    struct ledger_transfer *transfers;
    struct ledger_result *results;
    struct q_bench_bare_insert_in *rows;
    int64_t *ids;
    int64_t *holds; /* of the batch before, to be resolved */
    size_t hold_count;
    int64_t submitted_us;
    int64_t log_index; /* bare: of the next segment */
};

/* ---- a database ---- */

static void remove_file(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".lock"};
    char name[PATH_BYTES + 16];
    for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

static void target_close(struct target *target)
{
    store_close(target->store);
    ledger_close(target->ledger);
    if (target->path[0] != '\0') {
        remove_file(target->path);
    }
    *target = (struct target){0};
}

static enum err target_open(const struct bench_ledger_config *config, bool is_bare,
                            struct target *ret)
{
    char url[PATH_BYTES + 16];
    uint32_t applied = 0;
    int64_t last = 0;
    *ret = (struct target){0};
    clock_init_real(&ret->clock);
    if (config->url == NULL || is_bare) {
        (void)snprintf(ret->path, sizeof(ret->path), "%s/jinnang-bench-%d-%s.db", config->directory,
                       (int)getpid(), is_bare ? "bare" : "ledger");
        (void)snprintf(url, sizeof(url), "sqlite:%s", ret->path);
    } else {
        (void)snprintf(url, sizeof(url), "%s", config->url);
    }
    const struct store_config store = {.url = url, .clock = &ret->clock, .create = true};
    enum err err = store_open(&store, &ret->store);
    if (err == ERR_OK) {
        err = store_migrate(ret->store, &applied);
    }
    if (err == ERR_OK) {
        err = ledger_last_id(ret->store, &last);
    }
    if (err == ERR_OK && last != 0) {
        err = ERR_FILE_EXISTS; /* never a load test on somebody's books */
    }
    id_source_init(&ret->ids, &ret->clock, 1, last);
    if (err == ERR_OK && !is_bare) {
        const struct ledger_config ledger = {
            .store = ret->store, .clock = &ret->clock, .ids = &ret->ids};
        err = ledger_open(&ledger, &ret->ledger);
    }
    if (err == ERR_OK) {
        err = store_start(ret->store);
    }
    if (err != ERR_OK) {
        target_close(ret);
    }
    return err;
}

/* ---- accounts ---- */

struct opening {
    struct ledger *ledger;
    struct ledger_account_spec specs[LEDGER_BATCH_MAX];
    enum err results[LEDGER_BATCH_MAX];
    size_t count;
};

static enum err run_open(struct store_tx *tx, void *arg)
{
    struct opening *opening = arg;
    return ledger_open_accounts(tx, opening->ledger, opening->specs, opening->count,
                                opening->results);
}

static enum err open_accounts(struct target *target, int64_t *ids, size_t total)
{
    struct opening *opening = calloc(1, sizeof(*opening));
    BUG_IF(opening == NULL);
    enum err err = ERR_OK;
    id_draw(&target->ids, total, ids);
    opening->ledger = target->ledger;
    for (size_t first = 0; first < total && err == ERR_OK; first += opening->count) {
        opening->count = total - first < LEDGER_BATCH_MAX ? total - first : LEDGER_BATCH_MAX;
        for (size_t i = 0; i < opening->count; i++) {
            opening->specs[i] =
                (struct ledger_account_spec){.id = {ids[first + i]},
                                             .kind = LEDGER_WALLET,
                                             .currency = CURRENCY_CNY,
                                             .flags = LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS,
                                             .overdraft_minor = OVERDRAFT_MINOR};
            rng_secure(&opening->specs[i].salt, sizeof(opening->specs[i].salt));
        }
        err = store_write_sync(target->store, run_open, opening, 0);
        for (size_t i = 0; i < opening->count && err == ERR_OK; i++) {
            err = opening->results[i];
        }
    }
    free(opening);
    return err;
}

/* ---- callers ---- */

static enum err run_post(struct store_tx *tx, void *arg)
{
    struct caller *caller = arg;
    return ledger_post_transfers(tx, caller->load->target->ledger, caller->transfers, caller->count,
                                 caller->results);
}

static enum err run_bare(struct store_tx *tx, void *arg)
{
    struct caller *caller = arg;
    return q_bench_bare_insert_batch(tx, caller->rows, caller->count, NULL);
}

static void on_done(void *arg, enum err outcome)
{
    struct caller *caller = arg;
    struct load *load = caller->load;
    int64_t took_us = clock_monotonic_us() - caller->submitted_us;
    for (size_t i = 0; i < caller->count && outcome == ERR_OK && load->target->ledger != NULL;
         i++) {
        outcome = caller->results[i].code;
    }
    BUG_IF(pthread_mutex_lock(&load->lock) != 0);
    if (load->failed == ERR_OK) {
        load->failed = outcome;
    }
    if (load->latency_count < LATENCIES_MAX) {
        load->latencies_us[load->latency_count++] =
            took_us > UINT32_MAX ? UINT32_MAX : (uint32_t)took_us;
    }
    caller->next = load->free_list;
    load->free_list = caller;
    load->free_count++;
    BUG_IF(pthread_cond_signal(&load->freed) != 0);
    BUG_IF(pthread_mutex_unlock(&load->lock) != 0);
}

static size_t random_account(struct load *load)
{
    return rng_below(&load->rng, (uint64_t)load->config->accounts);
}

/* Random pairs; as many holds as asked for, each resolved in the caller's next batch, two of three
 * captured. */
static void fill_transfers(struct caller *caller)
{
    struct load *load = caller->load;
    size_t resolved = 0, held = 0;
    id_draw(&load->target->ids, caller->count, caller->ids);
    for (size_t i = 0; i < caller->count; i++) {
        struct ledger_transfer *t = &caller->transfers[i];
        if (resolved < caller->hold_count) {
            *t = (struct ledger_transfer){.id = {caller->ids[i]},
                                          .code = 1,
                                          .flags = resolved % 3 == 2 ? LEDGER_VOID_PENDING
                                                                     : LEDGER_POST_PENDING,
                                          .pending_id = {caller->holds[resolved]}};
            resolved++;
            continue;
        }
        size_t debit = random_account(load), credit = random_account(load);
        credit = credit != debit ? credit : (credit + 1) % (size_t)load->config->accounts;
        *t = (struct ledger_transfer){.id = {caller->ids[i]},
                                      .debit_account = {load->accounts[debit]},
                                      .credit_account = {load->accounts[credit]},
                                      .amount_minor = 1 + (int64_t)rng_below(&load->rng, 100000),
                                      .currency = CURRENCY_CNY,
                                      .code = 1,
                                      .reference = caller->ids[i]};
        if (rng_below(&load->rng, 100) < (uint64_t)load->config->holds_percent) {
            t->flags = LEDGER_PENDING;
            t->timeout_s = 3600;
            caller->holds[held++] = caller->ids[i];
        }
    }
    caller->hold_count = held;
    /* A large batch touches accounts of every lane: all such go to one, and meet no conflict. */
    caller->write.affinity = caller->count > 16 ? 0 : caller->transfers[0].debit_account.v;
}

/* The same shape and width as what the ledger writes. */
static void fill_rows(struct caller *caller)
{
    struct load *load = caller->load;
    id_draw(&load->target->ids, caller->count, caller->ids);
    for (size_t i = 0; i < caller->count; i++) {
        struct q_bench_bare_insert_in *row = &caller->rows[i];
        size_t debit = random_account(load), credit = random_account(load);
        row->transfer_id = caller->ids[i];
        row->debit_account_id = load->accounts[debit];
        row->credit_account_id = load->accounts[credit];
        row->amount_minor = 1 + (int64_t)rng_below(&load->rng, 100000);
        row->currency = CURRENCY_CNY;
        row->code = 1;
        row->reference = caller->ids[i];
        row->created_at_us = clock_now_us(&load->target->clock);
        row->segment_id = caller->ids[0];
        row->debit_seq = row->credit_seq = 1 + (int64_t)i / 64;
        row->debit_prev_id = row->credit_prev_id = caller->ids[0];
        row->debit_posted_minor = -row->amount_minor * 8;
        row->credit_posted_minor = row->amount_minor * 8;
        for (size_t k = 0; k < SHA256_BYTES; k += 8) {
            uint64_t word = rng_next(&load->rng);
            memcpy(&row->debit_hash.bytes[k], &word, sizeof(word));
            word = rng_next(&load->rng);
            memcpy(&row->credit_hash.bytes[k], &word, sizeof(word));
        }
    }
}

static void caller_init(struct caller *caller, struct load *load, size_t batch)
{
    *caller = (struct caller){.load = load};
    caller->transfers = calloc(batch, sizeof(*caller->transfers));
    caller->results = calloc(batch, sizeof(*caller->results));
    caller->ids = calloc(batch, sizeof(*caller->ids));
    caller->holds = calloc(batch, sizeof(*caller->holds));
    caller->rows = load->target->ledger == NULL ? calloc(batch, sizeof(*caller->rows)) : NULL;
    BUG_IF(caller->transfers == NULL || caller->results == NULL || caller->ids == NULL ||
           caller->holds == NULL || (load->target->ledger == NULL && caller->rows == NULL));
    caller->write = (struct store_write){
        .run = load->target->ledger == NULL ? run_bare : run_post, .done = on_done, .arg = caller};
}

static void caller_done(struct caller *caller)
{
    free(caller->transfers);
    free(caller->results);
    free(caller->ids);
    free(caller->holds);
    free(caller->rows);
}

/* ---- a run ---- */

static struct caller *take_free(struct load *load)
{
    BUG_IF(pthread_mutex_lock(&load->lock) != 0);
    while (load->free_list == NULL) {
        BUG_IF(pthread_cond_wait(&load->freed, &load->lock) != 0);
    }
    struct caller *caller = load->free_list;
    load->free_list = caller->next;
    load->free_count--;
    if (load->failed != ERR_OK) {
        caller = NULL;
    }
    BUG_IF(pthread_mutex_unlock(&load->lock) != 0);
    return caller;
}

static void wait_all(struct load *load, size_t callers)
{
    BUG_IF(pthread_mutex_lock(&load->lock) != 0);
    while (load->free_count < callers) {
        BUG_IF(pthread_cond_wait(&load->freed, &load->lock) != 0);
    }
    BUG_IF(pthread_mutex_unlock(&load->lock) != 0);
}

static enum err drive(struct load *load, size_t callers, uint64_t done, uint64_t total)
{
    const struct bench_ledger_config *config = load->config;
    size_t missing = 0;
    for (int64_t sent = 0; sent < config->transfers;) {
        struct caller *caller = take_free(load);
        if (caller == NULL) {
            missing = 1;
            break;
        }
        int64_t left = config->transfers - sent;
        caller->count = (size_t)(left < config->batch ? left : config->batch);
        if (load->target->ledger == NULL) {
            fill_rows(caller);
        } else {
            fill_transfers(caller);
        }
        caller->submitted_us = clock_monotonic_us();
        enum err err = store_submit(load->target->store, &caller->write);
        if (err != ERR_OK) {
            load->failed = err; /* no other caller of ours is told so */
            missing = 1;
            break;
        }
        sent += (int64_t)caller->count;
        if (config->progress != NULL) {
            config->progress(config->progress_arg, done + (uint64_t)sent, total);
        }
    }
    wait_all(load, callers - missing);
    return load->failed;
}

static size_t caller_count(const struct bench_ledger_config *config)
{
    if (config->callers > 0) {
        return (size_t)config->callers;
    }
    if (config->batch == 1) {
        return 256;
    }
    /* PostgreSQL works less for each transfer when several batches share a group. */
    return config->url != NULL && strncmp(config->url, "postgres", 8) == 0 ? 16 : 2;
}

static enum err one_run(const struct bench_ledger_config *config, struct load *load,
                        uint64_t number, int64_t *ret_per_second)
{
    size_t count = caller_count(config);
    struct caller *callers = calloc(count, sizeof(*callers));
    BUG_IF(callers == NULL);
    load->free_list = NULL;
    for (size_t i = 0; i < count; i++) {
        caller_init(&callers[i], load, (size_t)config->batch);
        callers[i].next = load->free_list;
        load->free_list = &callers[i];
    }
    load->free_count = count;
    rng_init(&load->rng, number + 1);
    uint64_t per_run = (uint64_t)config->transfers;
    int64_t before_us = clock_monotonic_us();
    enum err err = drive(load, count, number * per_run, 2 * (uint64_t)config->runs * per_run);
    int64_t took_us = clock_monotonic_us() - before_us;
    for (size_t i = 0; i < count; i++) {
        caller_done(&callers[i]);
    }
    free(callers);
    *ret_per_second = config->transfers * 1000000 / (took_us > 0 ? took_us : 1);
    return err;
}

static int by_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int by_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int64_t median(const int64_t *values, int64_t count)
{
    int64_t sorted[BENCH_RUNS_MAX];
    memcpy(sorted, values, (size_t)count * sizeof(*values));
    qsort(sorted, (size_t)count, sizeof(*sorted), by_i64);
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static int64_t resident_bytes(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) {
        return 0;
    }
    int got = fscanf(file, "%ld %ld", &pages, &resident);
    (void)fclose(file);
    return got == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : 0;
}

static void sum_up(const struct bench_ledger_config *config, struct load *load,
                   struct bench_ledger_result *ret)
{
    size_t n = load->latency_count;
    qsort(load->latencies_us, n, sizeof(*load->latencies_us), by_u32);
    if (n > 0) {
        ret->batch_us_p50 = load->latencies_us[n / 2];
        ret->batch_us_p99 = load->latencies_us[n - 1 - n / 100];
        ret->batch_us_max = load->latencies_us[n - 1];
    }
    ret->callers = (int64_t)caller_count(config);
    ret->resident_bytes = resident_bytes();
    ret->transfers_per_second = median(ret->run_per_second, config->runs);
}

/* What a database has come to, before it is closed. */
static void note_target(const struct target *target, struct bench_ledger_result *ret)
{
    struct store_stats stats;
    struct ledger_log_head head = {0};
    store_stats(target->store, &stats);
    ret->groups += (int64_t)stats.groups;
    if (ledger_log_head(target->ledger, &head) == ERR_OK) {
        ret->log_size = head.size;
    }
}

static enum err open_targets(const struct bench_ledger_config *config, int64_t *accounts,
                             struct target *target, struct target *bare)
{
    enum err err = target_open(config, false, target);
    if (err == ERR_OK) {
        err = open_accounts(target, accounts, (size_t)config->accounts);
    }
    if (err == ERR_OK && !config->without_bare && store_backend(target->store) == STORE_SQLITE) {
        err = target_open(config, true, bare);
    }
    return err;
}

/* The bare loop's runs come between the ledger's, so that both meet the same machine. A file of our
 * own is new for each run: a second run in the same file would measure a larger one. */
static enum err all_runs(const struct bench_ledger_config *config, int64_t *accounts,
                         struct load *load, struct load *bare, struct bench_ledger_result *ret)
{
    enum err err = ERR_OK;
    for (int64_t run = 0; run < config->runs && err == ERR_OK; run++) {
        uint64_t number = 2 * (uint64_t)run;
        if (run > 0 && config->url == NULL) {
            note_target(load->target, ret);
            target_close(load->target);
            target_close(bare->target);
            err = open_targets(config, accounts, load->target, bare->target);
        }
        if (err == ERR_OK) {
            err = one_run(config, load, number, &ret->run_per_second[run]);
        }
        if (err == ERR_OK && bare->target->store != NULL) {
            err = one_run(config, bare, number + 1, &ret->bare_run_per_second[run]);
        }
    }
    if (err == ERR_OK) {
        note_target(load->target, ret);
    }
    return err;
}

static void load_init(struct load *load, const struct bench_ledger_config *config,
                      struct target *target, const int64_t *accounts)
{
    *load = (struct load){.config = config, .target = target, .accounts = accounts};
    load->latencies_us = malloc(LATENCIES_MAX * sizeof(*load->latencies_us));
    BUG_IF(load->latencies_us == NULL);
    BUG_IF(pthread_mutex_init(&load->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&load->freed, NULL) != 0);
}

static void load_done(struct load *load)
{
    free(load->latencies_us);
    (void)pthread_mutex_destroy(&load->lock);
    (void)pthread_cond_destroy(&load->freed);
}

enum err bench_ledger(const struct bench_ledger_config *config, struct bench_ledger_result *ret)
{
    struct target target = {0}, bare_target = {0};
    struct load load, bare;
    struct bench_ledger_result result = {0};
    BUG_IF(config->runs < 1 || config->runs > BENCH_RUNS_MAX || config->accounts < 2);
    int64_t *accounts = calloc((size_t)config->accounts, sizeof(*accounts));
    BUG_IF(accounts == NULL);
    load_init(&load, config, &target, accounts);
    load_init(&bare, config, &bare_target, accounts);
    enum err err = open_targets(config, accounts, &target, &bare_target);
    if (err == ERR_OK) {
        err = all_runs(config, accounts, &load, &bare, &result);
    }
    if (err == ERR_OK) {
        sum_up(config, &load, &result);
        if (bare_target.store != NULL) {
            result.bare_per_second = median(result.bare_run_per_second, config->runs);
        }
        *ret = result;
    }
    load_done(&load);
    load_done(&bare);
    target_close(&target);
    target_close(&bare_target);
    free(accounts);
    return err;
}
