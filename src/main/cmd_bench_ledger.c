/* cmd_bench_ledger.c — `jinnang bench ledger`: how many transfers a second the ledger makes durable
 * on this machine, beside a bare insert loop. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "main/bench_ledger.h"
#include "main/commands.h"

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
    cli_progress_step(arg, done, total);
}

/* "Intel(R) Xeon(R) …, 2 CPUs, Linux 6.1.0" */
static void describe_machine(char *ret, size_t bytes)
{
    char model[128] = "unknown processor", line[256];
    struct utsname system;
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
            (void)snprintf(model, sizeof(model), "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    bool known = uname(&system) == 0;
    (void)snprintf(ret, bytes, "%s, %ld CPUs, %s %s", model, sysconf(_SC_NPROCESSORS_ONLN),
                   known ? system.sysname : "Linux", known ? system.release : "");
}

static json_t *milliseconds(int64_t us)
{
    return json_real((double)us / 1000.0);
}

static json_t *list(const int64_t *values, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, json_integer(values[i]));
    }
    return array;
}

static void print_json(const struct bench_ledger_config *config,
                       const struct bench_ledger_result *result, const char *database)
{
    char machine[320];
    describe_machine(machine, sizeof(machine));
    bool has_bare = result->bare_per_second > 0;
    json_t *root = json_object();
    (void)json_object_set_new(root, "transfers_per_second",
                              json_integer(result->transfers_per_second));
    (void)json_object_set_new(root, "bare_insert_per_second",
                              has_bare ? json_integer(result->bare_per_second) : json_null());
    (void)json_object_set_new(
        root, "ratio",
        has_bare ? json_real((double)result->transfers_per_second / (double)result->bare_per_second)
                 : json_null());
    (void)json_object_set_new(root, "max_batch_ms", milliseconds(result->batch_us_max));
    (void)json_object_set_new(root, "p99_batch_ms", milliseconds(result->batch_us_p99));
    (void)json_object_set_new(root, "p50_batch_ms", milliseconds(result->batch_us_p50));
    (void)json_object_set_new(root, "accounts", json_integer(config->accounts));
    (void)json_object_set_new(root, "transfers", json_integer(config->transfers));
    (void)json_object_set_new(root, "batch", json_integer(config->batch));
    (void)json_object_set_new(root, "holds_percent", json_integer(config->holds_percent));
    (void)json_object_set_new(root, "callers", json_integer(result->callers));
    (void)json_object_set_new(root, "runs", list(result->run_per_second, config->runs));
    if (has_bare) {
        (void)json_object_set_new(root, "bare_runs",
                                  list(result->bare_run_per_second, config->runs));
    }
    (void)json_object_set_new(root, "groups", json_integer(result->groups));
    (void)json_object_set_new(root, "log_size", json_integer(result->log_size));
    (void)json_object_set_new(root, "resident_bytes", json_integer(result->resident_bytes));
    (void)json_object_set_new(root, "database", json_string(database));
    (void)json_object_set_new(root, "machine", json_string(machine));
    (void)json_dumpf(root, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(4));
    (void)putchar('\n');
    json_decref(root);
}

static void print_text(const struct bench_ledger_result *result)
{
    printf("%" PRId64 " transfers/s, each durable before its answer\n",
           result->transfers_per_second);
    if (result->bare_per_second > 0) {
        printf("%" PRId64 " rows/s by a bare insert loop: ratio %.2f\n", result->bare_per_second,
               (double)result->transfers_per_second / (double)result->bare_per_second);
    }
    printf("a batch takes %.1f ms (99%%: %.1f, longest: %.1f)\n",
           (double)result->batch_us_p50 / 1000.0, (double)result->batch_us_p99 / 1000.0,
           (double)result->batch_us_max / 1000.0);
}

int cmd_bench_ledger(const struct cli_args *args)
{
    struct cli_progress progress;
    struct bench_ledger_result result;
    const char *url = cli_text(args, "db");
    const struct bench_ledger_config config = {
        .url = url,
        .directory = ".",
        .accounts = cli_number(args, "accounts"),
        .transfers = cli_number(args, "transfers"),
        .batch = cli_number(args, "batch"),
        .holds_percent = cli_number(args, "holds"),
        .callers = cli_number(args, "callers"),
        .runs = cli_number(args, "runs"),
        .progress = on_progress,
        .progress_arg = &progress,
    };
    cli_progress_start(&progress, "transfers");
    enum err err = bench_ledger(&config, &result);
    cli_progress_end(&progress);
    if (err == ERR_FILE_EXISTS) {
        return cli_fail_text(args, "This database has books in it.",
                             "Give an empty one: a load test does not belong among real accounts.");
    }
    if (err != ERR_OK) {
        return cli_fail(args, err, "measure the ledger");
    }
    const char *database = url != NULL && strncmp(url, "postgres", 8) == 0 ? "postgres" : "sqlite";
    if (cli_flag(args, "json")) {
        print_json(&config, &result, database);
    } else {
        print_text(&result);
    }
    return CLI_OK;
}
