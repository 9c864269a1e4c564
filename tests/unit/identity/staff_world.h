/* staff_world.h — a database with members of staff, for the tests of staff and approvals. */
#ifndef JN_TESTS_STAFF_WORLD_H
#define JN_TESTS_STAFF_WORLD_H

#include "core/ids.h"
#include "identity/staff.h"
#include "support/test_db.h"

#define WORLD_NOW_US INT64_C(1763785282000000)

struct staff_world {
    struct test_db db;
    struct clock clock;
    struct id_source ids;
    struct store *store;
};

void staff_world_open(struct staff_world *world, enum store_backend backend);
void staff_world_close(struct staff_world *world);
/* An invited member; `human` tells humans apart. */
enum err staff_world_invite(struct staff_world *world, int64_t person, uint8_t human);
enum err staff_world_enrol(struct staff_world *world, int64_t person);
enum err staff_world_roles(struct staff_world *world, int64_t person, const char *roles);
enum err staff_world_disable(struct staff_world *world, int64_t person, int64_t by);
/* Invited, enrolled, with roles ("risk,compliance"); every step must go well. */
void staff_world_member(struct staff_world *world, int64_t person, uint8_t human,
                        const char *roles);
uint32_t staff_world_capabilities(struct staff_world *world, int64_t person);
/* The hash of the member's first invitation. */
struct sha256_hash staff_world_secret(int64_t person);

#endif
