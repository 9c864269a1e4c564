/* staff_world.c — see staff_world.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "staff_world.h"

void staff_world_open(struct staff_world *world, enum store_backend backend)
{
    uint32_t applied;

    clock_init_virtual(&world->clock, WORLD_NOW_US);
    id_source_init(&world->ids, &world->clock, 0, 0);
    test_db_create(&world->db, backend);
    assert_int_equal(store_open(&(struct store_config){.url = world->db.url,
                                                       .clock = &world->clock,
                                                       .lane_count = 4,
                                                       .create = true},
                                &world->store),
                     ERR_OK);
    assert_int_equal(store_migrate(world->store, &applied), ERR_OK);
    assert_int_equal(store_start(world->store), ERR_OK);
}

void staff_world_close(struct staff_world *world)
{
    store_close(world->store);
    test_db_drop(&world->db);
}

struct sha256_hash staff_world_secret(int64_t person)
{
    struct sha256_hash hash;

    sha256(&person, sizeof(person), &hash);
    return hash;
}

static enum err run_invite(struct store_tx *tx, void *arg)
{
    return staff_invite(tx, arg);
}

enum err staff_world_invite(struct staff_world *world, int64_t person, uint8_t human)
{
    struct staff_invitation invitation = {
        .person = {person}, .name_sealed = {"sealed", 6}, .enrol_hash = staff_world_secret(person)};

    sha256(&human, sizeof(human), &invitation.human_index);
    return store_write_sync(world->store, run_invite, &invitation, 0);
}

static enum err run_enrol(struct store_tx *tx, void *arg)
{
    return staff_enrolled(tx, *(struct person_id *)arg);
}

enum err staff_world_enrol(struct staff_world *world, int64_t person)
{
    return store_write_sync(world->store, run_enrol, &(struct person_id){person}, 0);
}

struct change {
    struct person_id person, by;
    struct staff_role_set roles;
};

static enum err run_roles(struct store_tx *tx, void *arg)
{
    const struct change *change = arg;

    return staff_roles_set(tx, change->person, &change->roles, change->by);
}

enum err staff_world_roles(struct staff_world *world, int64_t person, const char *roles)
{
    struct change change = {.person = {person}};

    assert_true(staff_role_set_parse(roles, strlen(roles), &change.roles));
    return store_write_sync(world->store, run_roles, &change, person);
}

static enum err run_disable(struct store_tx *tx, void *arg)
{
    const struct change *change = arg;

    return staff_disable(tx, change->person, change->by);
}

enum err staff_world_disable(struct staff_world *world, int64_t person, int64_t by)
{
    struct change change = {.person = {person}, .by = {by}};

    return store_write_sync(world->store, run_disable, &change, person);
}

void staff_world_member(struct staff_world *world, int64_t person, uint8_t human, const char *roles)
{
    assert_int_equal(staff_world_invite(world, person, human), ERR_OK);
    assert_int_equal(staff_world_enrol(world, person), ERR_OK);
    assert_int_equal(staff_world_roles(world, person, roles), ERR_OK);
}

struct capabilities {
    struct person_id person;
    uint32_t bits;
};

static enum err run_capabilities(struct store_tx *tx, void *arg)
{
    struct capabilities *capabilities = arg;

    return staff_capabilities(tx, capabilities->person, &capabilities->bits);
}

uint32_t staff_world_capabilities(struct staff_world *world, int64_t person)
{
    struct capabilities capabilities = {.person = {person}};

    assert_int_equal(store_read(world->store, run_capabilities, &capabilities), ERR_OK);
    return capabilities.bits;
}
