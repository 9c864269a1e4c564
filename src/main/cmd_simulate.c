/* cmd_simulate.c — `jinnang simulate`: runs seeds, one after the other, and says of the first that
 * fails what differs and how to see it again. */
#include "main/commands.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/str.h"
#include "main/app.h"
#include "main/sim.h"

struct runs {
    const struct cli_args *args;
    struct cli_progress progress;
    uint32_t steps, callers;
    const char *url; /* NULL: a new SQLite file for each seed */
    uint64_t seeds_done;
};

/* ---- a place for a database that nobody keeps ---- */

static bool make_scratch(char *ret_directory, size_t size)
{
    const char *base = getenv("TMPDIR");
    if (base == NULL || base[0] == '\0') {
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    }
    int length = snprintf(ret_directory, size, "%s/jinnang-simulate-XXXXXX", base);
    return length > 0 && (size_t)length < size && mkdtemp(ret_directory) != NULL;
}

static void drop_scratch(const char *directory)
{
    static const char *const names[] = {"", "-wal", "-shm", "-journal", ".lock", "-lock"};
    char path[512];
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/sim.db%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

/* ---- reporting ---- */

static void print_line(const struct runs *runs, uint64_t seed, const struct sim_report *report)
{
    char state[2 * SHA256_BYTES + 1] = "differs from run to run";
    if (runs->callers == 0) {
        hex_encode(report->state.bytes, SHA256_BYTES, state);
    }
    printf("seed %" PRIu64 " steps %u state %s: %s\n", seed, report->step, state,
           report->held ? "held" : "FAILED");
    printf("  accounts %" PRIu64 " transfers %" PRIu64 " rejected %" PRIu64 " replayed %" PRIu64
           " expired %" PRIu64 " restarts %" PRIu64 " crashes %" PRIu64 " lost replies %" PRIu64
           "\n",
           report->accounts, report->transfers, report->rejected, report->replayed, report->expired,
           report->restarts, report->crashes, report->lost_replies);
    fflush(stdout);
}

static void print_problem(const struct runs *runs, uint64_t seed, const struct sim_report *report)
{
    char shown[APP_URL_MAX] = "";
    if (runs->url != NULL) {
        app_url_for_people(runs->url, shown);
    }
    fprintf(stderr,
            "jinnang simulate: seed %" PRIu64 ", step %u: %s\n"
            "  what to do: see it again with jinnang simulate --seed %" PRIu64
            " --steps %u --callers %u%s%s\n",
            seed, report->step, report->problem, seed, runs->steps, runs->callers,
            runs->url != NULL ? " --db " : "", shown);
}

static void print_json(const struct runs *runs, uint64_t seed, const struct sim_report *report)
{
    char state[2 * SHA256_BYTES + 1];
    hex_encode(report->state.bytes, SHA256_BYTES, state);
    json_t *object = json_pack(
        "{s:b, s:I, s:I, s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s?}", "ok",
        report->held ? 1 : 0, "seed", (json_int_t)seed, "seeds_done", (json_int_t)runs->seeds_done,
        "step", (int)report->step, "state", state, "accounts", (json_int_t)report->accounts,
        "transfers", (json_int_t)report->transfers, "rejected", (json_int_t)report->rejected,
        "replayed", (json_int_t)report->replayed, "expired", (json_int_t)report->expired,
        "restarts", (json_int_t)report->restarts, "crashes", (json_int_t)report->crashes,
        "lost_replies", (json_int_t)report->lost_replies, "problem",
        report->held ? NULL : report->problem);
    BUG_IF(object == NULL);
    json_dumpf(object, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(object);
}

static void show_step(void *arg, uint32_t step)
{
    struct runs *runs = arg;
    cli_progress_step(&runs->progress, step, runs->steps);
}

/* ---- running ---- */

static int run_seed(struct runs *runs, uint64_t seed, struct sim_report *ret)
{
    char directory[256], url[320], label[64];
    const bool scratch = runs->url == NULL;
    if (scratch) {
        if (!make_scratch(directory, sizeof(directory))) {
            return cli_fail_text(runs->args, "no directory for a passing database could be made",
                                 "set TMPDIR to a directory that can be written to");
        }
        snprintf(url, sizeof(url), "sqlite:%s/sim.db", directory);
    }
    snprintf(label, sizeof(label), "seed %" PRIu64 ", step", seed);
    cli_progress_start(&runs->progress, label);
    const struct sim_config config = {.seed = seed,
                                      .steps = runs->steps,
                                      .callers = runs->callers,
                                      .url = scratch ? url : runs->url,
                                      .progress = show_step,
                                      .progress_arg = runs};
    enum err err = sim_run(&config, ret);
    cli_progress_end(&runs->progress);
    if (scratch) {
        drop_scratch(directory);
    }
    runs->seeds_done++;
    if (err != ERR_OK) {
        return cli_fail(runs->args, err, "open the database of the simulation");
    }
    return ret->held ? CLI_OK : CLI_FAILED;
}

int cmd_simulate(const struct cli_args *args)
{
    struct runs runs = {.args = args,
                        .steps = (uint32_t)cli_number(args, "steps"),
                        .callers = (uint32_t)cli_number(args, "callers"),
                        .url = cli_text(args, "db")};
    int64_t from = cli_number(args, "seed"), to = from;
    struct sim_report report = {.held = false};
    bool json = cli_flag(args, "json"), forever = cli_flag(args, "forever");
    int status = CLI_OK;
    (void)cli_range(args, "seeds", &from, &to);
    log_set_level(LOG_NOTHING); /* the store says much about a disk that fails on purpose */
    for (int64_t seed = from; status == CLI_OK && (forever || seed <= to); seed++) {
        status = run_seed(&runs, (uint64_t)seed, &report);
        bool ran = report.held || report.problem[0] != '\0';
        if (ran && json && (status != CLI_OK || (!forever && seed == to))) {
            print_json(&runs, (uint64_t)seed, &report);
        }
        if (ran && !json) {
            print_line(&runs, (uint64_t)seed, &report);
        }
        if (ran && status != CLI_OK) {
            print_problem(&runs, (uint64_t)seed, &report);
        }
    }
    return status;
}
