/* simulate_cuts.c — the simulation on PostgreSQL, with its connections cut: before a COMMIT
 * arrives, after it was carried out and before its reply came, or all of them at once.
 *
 * usage: simulate_cuts FROM TO STEPS: these seeds, in a database of its own. The proxy plays the
 * part that the simulated disk plays on SQLite. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "fault/pg_proxy.h"
#include "main/sim.h"
#include "support/test_db.h"

struct cuts {
    struct pg_proxy *proxy;
};

static void cut_plan(void *state, uint64_t random)
{
    struct cuts *cuts = state;
    switch (random % 3) {
    case 0:
        pg_proxy_set(cuts->proxy, PROXY_CUT_COMMIT);
        break;
    case 1:
        pg_proxy_set(cuts->proxy, PROXY_CUT_COMMIT_REPLY);
        break;
    case 2:
        pg_proxy_set(cuts->proxy, PROXY_REFUSE);
        pg_proxy_cut_all(cuts->proxy);
        break;
    }
}

static bool cut_has_failed(void *state)
{
    struct cuts *cuts = state;
    return pg_proxy_get(cuts->proxy) == PROXY_REFUSE;
}

static void cut_restore(void *state)
{
    struct cuts *cuts = state;
    pg_proxy_set(cuts->proxy, PROXY_PASS);
}

static uint32_t number(const char *text)
{
    uint32_t value = 0;
    if (!str_parse_u32(text, strlen(text), &value)) {
        fprintf(stderr, "usage: simulate_cuts FROM TO STEPS\n");
        exit(2);
    }
    return value;
}

int main(int argc, char **argv)
{
    struct cuts cuts;
    struct test_db db;
    char url[600];
    uint64_t crashes = 0;
    uint32_t held = 0;
    uint32_t from = number(argc == 4 ? argv[1] : ""), to = number(argv[2]), steps = number(argv[3]);
    if (getenv("JN_TEST_QUICK") != NULL) {
        to = from + (to - from) / 6;
    }
    log_set_level(LOG_NOTHING);
    test_db_create(&db, STORE_POSTGRES);
    cuts.proxy = pg_proxy_start(db.url);
    pg_proxy_url(cuts.proxy, db.url, url, sizeof(url));
    const struct sim_power power = {
        .state = &cuts, .plan = cut_plan, .has_failed = cut_has_failed, .restore = cut_restore};
    for (uint32_t seed = from; seed <= to; seed++) {
        struct sim_report report = {.held = false};
        const struct sim_config config = {
            .seed = seed, .steps = steps, .url = url, .power = &power};
        enum err err = sim_run(&config, &report);
        crashes += report.crashes;
        held += report.held;
        if (err != ERR_OK || !report.held) {
            printf("seed %u, step %u: %s %s\n", seed, report.step, err_code(err), report.problem);
            break;
        }
    }
    pg_proxy_stop(cuts.proxy);
    test_db_drop(&db);
    uint32_t missing = to - from + 1 - held + (crashes == 0);
    printf("%u seeds of %u steps, %llu cuts\n%u passed, %u failed\n", held, steps,
           (unsigned long long)crashes, held, missing);
    return missing == 0 ? 0 : 1;
}
