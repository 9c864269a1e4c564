/* factor_world.h — a store, a vault and people with keys, for the tests of factors and step-up. */
#ifndef JN_TESTS_FACTOR_WORLD_H
#define JN_TESTS_FACTOR_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "store/store.h"
#include "support/test_db.h"

#define WORLD_START_US INT64_C(1763785282000000)
#define MINUTE_US      (INT64_C(60) * 1000000)
#define ANNE           ((struct person_id){41})
#define BERT           ((struct person_id){42})

struct factor_world {
    struct test_db db;
    struct clock clock;
    struct id_source ids;
    struct store *store;
    struct vault *vault;
};

extern enum store_backend world_backend;

int world_setup(void **state);
int world_teardown(void **state);
/* Closes everything and opens it again: what a restart leaves. */
void world_restart(struct factor_world *world);
/* Runs in a transaction of its own. */
enum err world_write(struct factor_world *world, store_write_fn fn, void *arg);
/* fn once on each of `count` threads, all starting together; args is an array of `count` pointers.
 */
#define WORLD_THREADS_MAX 64
void world_together(void (*fn)(void *arg), void **args, size_t count);

#endif
