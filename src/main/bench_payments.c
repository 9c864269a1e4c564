/* bench_payments.c — `jinnang bench payments`: single transfers over HTTP, everything included.
 *
 * A server is started in this process on a fresh database; one more thread is the load generator,
 * so the machine is shared with it. Each request is a PUT of one transfer between two wallets
 * chosen at random, with an API key, under an id of its own; each is answered after its commit.
 * Then balances are read the same way. Every answer must be 200: an error makes the command fail.
 *
 * Afterwards the ledger must hold exactly the transfers that were acknowledged.
 *
 * With --server a server that runs already is driven instead, to see what payments feel of other
 * work there; whether its ledger is right is then its auditor's to say. */
#include "main/commands.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/rng.h"
#include "core/sha256.h"
#include "core/str.h"
#include "identity/api_keys.h"
#include "main/app.h"
#include "main/bench_dir.h"
#include "main/bench_load.h"
#include "main/serve.h"

#define RUNS_MAX           21
#define ACCOUNTS_A_REQUEST 10
#define CLIENT_NODE        200 /* ids of the load generator's own */

struct bench {
    const struct cli_args *args;
    char directory[64];
    char url[APP_URL_MAX];
    struct serve *serve;
    uint16_t port;
    char key[API_KEY_TEXT_MAX];
    struct clock clock;
    struct id_source ids;
    struct rng rng;
    uint32_t connections;
    int64_t seconds;
    size_t account_count;
    int64_t *accounts; /* the first is the bank's */
    size_t next;       /* account to open or to fund */
};

struct run {
    struct bench_load_result payments, reads;
};

/* ---- requests ---- */

static size_t request_write(const struct bench *bench, const char *method, const char *path,
                            const char *extra, const char *body, char ret[BENCH_REQUEST_BYTES_MAX])
{
    int length = snprintf(ret, BENCH_REQUEST_BYTES_MAX,
                          "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s"
                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          method, path, bench->key, extra, strlen(body), body);

    BUG_IF(length < 0 || length >= BENCH_REQUEST_BYTES_MAX);
    return (size_t)length;
}

static size_t open_request(void *arg, char ret[BENCH_REQUEST_BYTES_MAX])
{
    struct bench *bench = arg;
    char body[1600], extra[96], id[ID_TEXT_MAX];
    size_t used = (size_t)snprintf(body, sizeof(body), "{\"accounts\":[");

    for (size_t i = 0; i < ACCOUNTS_A_REQUEST && bench->next < bench->account_count; i++) {
        bool is_bank = bench->next == 0;

        id_format("acc", bench->accounts[bench->next++], id);
        used += (size_t)snprintf(
            body + used, sizeof(body) - used,
            "%s{\"id\":\"%s\",\"kind\":\"%s\",\"currency\":\"CNY\",\"flags\":[\"%s\"]}",
            i == 0 ? "" : ",", id, is_bank ? "bank" : "wallet",
            is_bank ? "credits_must_not_exceed_debits" : "debits_must_not_exceed_credits");
        BUG_IF(used >= sizeof(body));
    }
    used += (size_t)snprintf(body + used, sizeof(body) - used, "]}");
    BUG_IF(used >= sizeof(body));
    snprintf(extra, sizeof(extra), "Idempotency-Key: bench-open-%s\r\n", id); /* its last account */
    return request_write(bench, "POST", "/v1/ledger/accounts", extra, body, ret);
}

static size_t transfer_request(const struct bench *bench, int64_t id, int64_t from, int64_t to,
                               int64_t amount, char ret[BENCH_REQUEST_BYTES_MAX])
{
    char path[64], body[256], id_text[ID_TEXT_MAX], from_text[ID_TEXT_MAX], to_text[ID_TEXT_MAX];

    id_format("tr", id, id_text);
    id_format("acc", from, from_text);
    id_format("acc", to, to_text);
    snprintf(path, sizeof(path), "/v1/ledger/transfers/%s", id_text);
    snprintf(body, sizeof(body),
             "{\"debit_account_id\":\"%s\",\"credit_account_id\":\"%s\",\"amount_minor\":%" PRId64
             ",\"currency\":\"CNY\",\"code\":1}",
             from_text, to_text, amount);
    return request_write(bench, "PUT", path, "", body, ret);
}

static size_t fund_request(void *arg, char ret[BENCH_REQUEST_BYTES_MAX])
{
    struct bench *bench = arg;

    return transfer_request(bench, id_draw_one(&bench->ids), bench->accounts[0],
                            bench->accounts[bench->next++],
                            MONEY_MINOR_MAX / 2 / (int64_t)bench->account_count, ret);
}

static size_t pay_request(void *arg, char ret[BENCH_REQUEST_BYTES_MAX])
{
    struct bench *bench = arg;
    size_t wallets = bench->account_count - 1;
    size_t from = 1 + rng_below(&bench->rng, wallets), to = 1 + rng_below(&bench->rng, wallets);

    if (to == from) {
        to = 1 + from % wallets;
    }
    return transfer_request(bench, id_draw_one(&bench->ids), bench->accounts[from],
                            bench->accounts[to], 1 + (int64_t)rng_below(&bench->rng, 1000), ret);
}

static size_t read_request(void *arg, char ret[BENCH_REQUEST_BYTES_MAX])
{
    struct bench *bench = arg;
    char path[80], id[ID_TEXT_MAX];

    id_format("acc", bench->accounts[1 + rng_below(&bench->rng, bench->account_count - 1)], id);
    snprintf(path, sizeof(path), "/v1/ledger/accounts/%s/balance", id);
    return request_write(bench, "GET", path, "", "", ret);
}

/* ---- one run ---- */

static bool drive(struct bench *bench, const char *what, bench_request_fn next, uint64_t count,
                  int64_t seconds, struct bench_load_result *ret)
{
    char message[160];
    enum err err = bench_load_run(&(struct bench_load_config){.port = bench->port,
                                                              .connections = bench->connections,
                                                              .duration_us = seconds * 1000000,
                                                              .request_max = count,
                                                              .expected_status = 200,
                                                              .next = next,
                                                              .arg = bench},
                                  ret);

    if (err != ERR_OK) {
        (void)cli_fail(bench->args, err, what);
        return false;
    }
    if (ret->errors > 0) {
        snprintf(message, sizeof(message),
                 "%s: %" PRIu64 " requests failed, the first with status %d", what, ret->errors,
                 ret->first_error_status);
        (void)cli_fail_text(bench->args, message, "look at the server's log on standard error");
        return false;
    }
    return true;
}

static bool prepare_accounts(struct bench *bench)
{
    struct bench_load_result result;
    size_t requests = (bench->account_count + ACCOUNTS_A_REQUEST - 1) / ACCOUNTS_A_REQUEST;

    for (size_t i = 0; i < bench->account_count; i++) {
        bench->accounts[i] = id_draw_one(&bench->ids);
    }
    bench->next = 0;
    if (!drive(bench, "open accounts", open_request, requests, 600, &result)) {
        return false;
    }
    bench->next = 1;
    return drive(bench, "fund accounts", fund_request, bench->account_count - 1, 600, &result);
}

/* The first key of the new database, in a store of its own before the server opens it. */
static enum err make_key(struct bench *bench)
{
    struct api_key_secret secret;
    struct store *store;
    enum err err = store_open(
        &(struct store_config){
            .url = bench->url, .clock = &bench->clock, .lane_count = 1, .reader_count = 1},
        &store);

    if (err != ERR_OK) {
        return err;
    }
    err = store_start(store);
    if (err == ERR_OK) {
        err = api_keys_create_first(store, &bench->ids, "bench", clock_now_us(&bench->clock),
                                    &secret);
    }
    store_close(store);
    if (err == ERR_OK) {
        memcpy(bench->key, secret.text, sizeof(bench->key));
        secret_wipe(&secret, sizeof(secret));
    }
    return err;
}

static bool start_server(struct bench *bench)
{
    const struct serve_config config = {.url = bench->url,
                                        .data_dir = bench->directory,
                                        .listen = "127.0.0.1:0",
                                        .lane_count = (uint32_t)cli_number(bench->args, "lanes"),
                                        .access_log_fd = -1};
    struct serve_failure failure;
    uint32_t port;
    const char *colon;
    enum err err = app_create(bench->url, APP_SANDBOX, PACK_NAME_DEFAULT);

    if (err != ERR_OK) {
        (void)cli_fail(bench->args, err, "make a database for the benchmark");
        return false;
    }
    err = make_key(bench);
    if (err != ERR_OK) {
        (void)cli_fail(bench->args, err, "make a key for the benchmark");
        return false;
    }
    if (!serve_start(&config, &bench->serve, &failure)) {
        (void)cli_fail(bench->args, failure.err, failure.doing);
        return false;
    }
    colon = strrchr(serve_address(bench->serve), ':');
    BUG_IF(colon == NULL || !str_parse_u32(colon + 1, strlen(colon + 1), &port));
    bench->port = (uint16_t)port;
    return true;
}

static void stop_server(struct bench *bench)
{
    serve_stop(TAKE_PTR(bench->serve));
}

/* What was acknowledged is what the ledger holds: the transfers that funded the wallets, and those
 * that were paid. */
static bool check_ledger(struct bench *bench, const struct run *run)
{
    struct app *app = NULL;
    struct ledger_log_head head;
    char message[200];
    uint64_t expected = bench->account_count + (bench->account_count - 1) + run->payments.requests;
    enum err err = app_open(&(struct app_config){.url = bench->url}, &app);

    if (err == ERR_OK) {
        err = ledger_log_head(app->ledger, &head);
    }
    app_close(app);
    if (err != ERR_OK) {
        (void)cli_fail(bench->args, err, "open the ledger again");
        return false;
    }
    if ((uint64_t)head.size != expected) {
        snprintf(message, sizeof(message),
                 "the ledger holds %" PRId64 " accounts and transfers, %" PRIu64
                 " were acknowledged",
                 head.size, expected);
        (void)cli_fail_text(bench->args, message, "report this: it must never happen");
        return false;
    }
    return true;
}

static bool measure(struct bench *bench, struct run *ret)
{
    return prepare_accounts(bench) &&
           drive(bench, "pay", pay_request, 0, bench->seconds, &ret->payments) &&
           drive(bench, "read balances", read_request, 0, bench->seconds < 5 ? bench->seconds : 5,
                 &ret->reads);
}

static bool run_once(struct bench *bench, struct run *ret)
{
    bool ok = start_server(bench) && measure(bench, ret);

    stop_server(bench);
    return ok && check_ledger(bench, ret);
}

/* A server that runs already, on this machine. */
static bool find_server(struct bench *bench)
{
    static const char host[] = "127.0.0.1:";
    const char *address = cli_text(bench->args, "server");
    const char *path = cli_text(bench->args, "key-file");
    char line[API_KEY_TEXT_MAX] = {0};
    uint32_t port;
    FILE *file;
    bool has_key;

    if (!str_starts_with(address, host) ||
        !str_parse_u32(address + strlen(host), strlen(address + strlen(host)), &port) ||
        port == 0 || port > UINT16_MAX || path == NULL) {
        (void)cli_fail_text(bench->args, "--server needs 127.0.0.1:PORT and --key-file",
                            "give the address that the server printed, and a file with an API key");
        return false;
    }
    file = fopen(path, "re");
    has_key = file != NULL && fgets(line, sizeof(line), file) != NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    if (!has_key) {
        (void)cli_fail(bench->args, ERR_IO_FAILED, "read the API key");
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    memcpy(bench->key, line, sizeof(bench->key));
    secret_wipe(line, sizeof(line));
    bench->port = (uint16_t)port;
    return true;
}

/* ---- results ---- */

static int compare_runs(const void *a, const void *b)
{
    uint64_t left = ((const struct run *)a)->payments.per_second;
    uint64_t right = ((const struct run *)b)->payments.per_second;

    return (left > right) - (left < right);
}

static json_t *milliseconds(int64_t us)
{
    return json_real((double)us / 1000);
}

static void print_json(const struct bench *bench, const struct run *runs, size_t count)
{
    const struct run *median = &runs[count / 2];
    json_t *each = json_array(), *object;

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(each, json_integer((json_int_t)runs[i].payments.per_second));
    }
    object = json_pack(
        "{s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:o}", "requests_per_second",
        (json_int_t)median->payments.per_second, "p50_ms", milliseconds(median->payments.p50_us),
        "p99_ms", milliseconds(median->payments.p99_us), "max_ms",
        milliseconds(median->payments.max_us), "requests", (json_int_t)median->payments.requests,
        "errors", (json_int_t)(median->payments.errors + median->reads.errors), "connections",
        (json_int_t)bench->connections, "balance_reads_per_second",
        (json_int_t)median->reads.per_second, "balance_read_p99_ms",
        milliseconds(median->reads.p99_us), "accounts", (json_int_t)bench->account_count, "seconds",
        (json_int_t)bench->seconds, "runs", (json_int_t)count, "requests_per_second_of_each_run",
        each);
    BUG_IF(object == NULL);
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    fputc('\n', stdout);
    json_decref(object);
}

static void print_text(const struct bench *bench, const struct run *runs, size_t count)
{
    const struct run *median = &runs[count / 2];

    printf("payments       %8" PRIu64 " /s   p50 %.1f ms   p99 %.1f ms   max %.1f ms\n"
           "balance reads  %8" PRIu64 " /s   p50 %.1f ms   p99 %.1f ms\n"
           "%u connections, %zu accounts, median of %zu\n",
           median->payments.per_second, (double)median->payments.p50_us / 1000,
           (double)median->payments.p99_us / 1000, (double)median->payments.max_us / 1000,
           median->reads.per_second, (double)median->reads.p50_us / 1000,
           (double)median->reads.p99_us / 1000, bench->connections, bench->account_count, count);
}

/* A file in the scratch directory; or the given PostgreSQL database, which must be empty and can
 * serve one run only. */
static bool choose_url(struct bench *bench, size_t runs)
{
    const char *url = cli_text(bench->args, "db");

    if (url == NULL) {
        snprintf(bench->url, sizeof(bench->url), "sqlite:%s/bench.db", bench->directory);
        return true;
    }
    if (strlen(url) >= sizeof(bench->url) || app_sqlite_path(url) != NULL || runs != 1) {
        (void)cli_fail_text(bench->args, "--db takes an empty PostgreSQL database and one run",
                            "leave --db out for SQLite, or give postgres://… and --runs 1");
        return false;
    }
    memcpy(bench->url, url, strlen(url) + 1);
    return true;
}

static bool run_all(struct bench *bench, struct run *runs, size_t count)
{
    if (cli_text(bench->args, "server") != NULL) {
        bool found = find_server(bench);

        for (size_t i = 0; found && i < count; i++) {
            found = measure(bench, &runs[i]);
        }
        return found;
    }
    for (size_t i = 0; i < count; i++) {
        enum err err = bench_dir_make(bench->directory, sizeof(bench->directory));
        bool ok = false;

        if (err != ERR_OK) {
            (void)cli_fail(bench->args, err, "make a scratch directory");
            return false;
        }
        ok = choose_url(bench, count) && run_once(bench, &runs[i]);
        bench_dir_remove(bench->directory);
        if (!ok) {
            return false;
        }
    }
    return true;
}

int cmd_bench_payments(const struct cli_args *args)
{
    struct run runs[RUNS_MAX] = {0};
    size_t count = (size_t)cli_number(args, "runs");
    struct bench bench = {
        .args = args,
        .connections = (uint32_t)cli_number(args, "connections"),
        .seconds = cli_number(args, "seconds"),
        .account_count = (size_t)cli_number(args, "accounts") + 1,
    };
    bool ok;

    BUG_IF(count > RUNS_MAX);
    clock_init_real(&bench.clock);
    id_source_init(&bench.ids, &bench.clock, CLIENT_NODE, 0);
    rng_init(&bench.rng, 1);
    bench.accounts = calloc(bench.account_count, sizeof(*bench.accounts));
    BUG_IF(bench.accounts == NULL);
    ok = run_all(&bench, runs, count);
    free(bench.accounts);
    secret_wipe(bench.key, sizeof(bench.key));
    if (!ok) {
        return CLI_FAILED;
    }
    qsort(runs, count, sizeof(*runs), compare_runs);
    if (cli_flag(args, "json")) {
        print_json(&bench, runs, count);
    } else {
        print_text(&bench, runs, count);
    }
    return CLI_OK;
}
