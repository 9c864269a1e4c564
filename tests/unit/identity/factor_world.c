/* factor_world.c — see factor_world.h. */
#include "factor_world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum store_backend world_backend;

static void open_all(struct factor_world *world)
{
    const struct store_config config = {
        .url = world->db.url, .clock = &world->clock, .lane_count = 2, .create = true};
    const struct vault_config vault = {.data_dir = world->db.directory};
    struct vault_config with_store = vault;
    uint32_t applied;

    assert_int_equal(store_open(&config, &world->store), ERR_OK);
    assert_int_equal(store_migrate(world->store, &applied), ERR_OK);
    assert_int_equal(store_start(world->store), ERR_OK);
    with_store.store = world->store;
    assert_int_equal(vault_open(&with_store, &world->vault), ERR_OK);
}

static enum err create_people(struct store_tx *tx, void *arg)
{
    struct factor_world *world = arg;
    enum err err = vault_person_create(tx, world->vault, ANNE);

    return err == ERR_OK ? vault_person_create(tx, world->vault, BERT) : err;
}

int world_setup(void **state)
{
    struct factor_world *world = calloc(1, sizeof(*world));

    clock_init_virtual(&world->clock, WORLD_START_US);
    id_source_init(&world->ids, &world->clock, 0, 0);
    test_db_create(&world->db, world_backend);
    open_all(world);
    assert_int_equal(store_write_sync(world->store, create_people, world, 0), ERR_OK);
    *state = world;
    return 0;
}

void world_restart(struct factor_world *world)
{
    vault_close(world->vault);
    store_close(world->store);
    open_all(world);
}

int world_teardown(void **state)
{
    struct factor_world *world = *state;

    vault_close(world->vault);
    store_close(world->store);
    test_db_drop(&world->db);
    free(world);
    return 0;
}

enum err world_write(struct factor_world *world, store_write_fn fn, void *arg)
{
    return store_write_sync(world->store, fn, arg, 0);
}

struct starter {
    pthread_barrier_t *barrier;
    void (*fn)(void *arg);
    void *arg;
};

static void *start(void *arg)
{
    struct starter *starter = arg;

    pthread_barrier_wait(starter->barrier);
    starter->fn(starter->arg);
    return NULL;
}

void world_together(void (*fn)(void *arg), void **args, size_t count)
{
    pthread_t threads[WORLD_THREADS_MAX];
    struct starter starters[WORLD_THREADS_MAX];
    pthread_barrier_t barrier;

    assert_true(count <= WORLD_THREADS_MAX);
    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        starters[i] = (struct starter){&barrier, fn, args[i]};
        assert_int_equal(pthread_create(&threads[i], NULL, start, &starters[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&barrier);
}
