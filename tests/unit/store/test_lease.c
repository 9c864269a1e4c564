/* Leases: one holder, a growing fence, a late holder fenced off inside its own transaction. */
#include "store_test.h"

#include "store/lease.h"

#define SECOND_US INT64_C(1000000)

struct held {
    const struct lease *lease;
    int64_t id;
};

/* The work of a holder. */
static enum err work(struct store_tx *tx, void *arg)
{
    struct held *held = arg;
    enum err err = lease_check(tx, held->lease);
    return err == ERR_OK ? insert_thing(tx, &held->id) : err;
}

static enum err do_work(struct fixture *f, const struct lease *lease, int64_t id)
{
    struct held held = {lease, id};
    return store_write_sync(f->store, work, &held, 0);
}

static int setup(void **state)
{
    fixture_setup(state);
    struct fixture *f = *state;
    clock_init_virtual(&f->clock, 1000 * SECOND_US);
    assert_int_equal(store_start(f->store), ERR_OK);
    return 0;
}

static void only_one_holds_it(void **state)
{
    struct fixture *f = *state;
    struct lease a = {.name = "seal", .holder = 1}, b = {.name = "seal", .holder = 2};
    struct lease other = {.name = "clocks", .holder = 2};
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    assert_int_equal(lease_acquire(f->store, &b, SECOND_US), ERR_LEASE_LOST);
    assert_int_equal(b.fence, 0);
    assert_int_equal(lease_acquire(f->store, &other, SECOND_US), ERR_OK);
    assert_int_equal(do_work(f, &a, 1), ERR_OK);
    assert_int_equal(do_work(f, &b, 2), ERR_LEASE_LOST);
    assert_int_equal(count_things(f->store), 1);
}

static void renewing_keeps_the_fence(void **state)
{
    struct fixture *f = *state;
    struct lease a = {.name = "seal", .holder = 1}, b = {.name = "seal", .holder = 2};
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    int64_t fence = a.fence;
    clock_advance(&f->clock, SECOND_US / 2);
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    assert_int_equal(a.fence, fence);
    clock_advance(&f->clock, SECOND_US * 3 / 4);
    assert_int_equal(lease_acquire(f->store, &b, SECOND_US), ERR_LEASE_LOST);
}

static void a_late_holder_is_fenced_off(void **state)
{
    struct fixture *f = *state;
    struct lease a = {.name = "seal", .holder = 1}, b = {.name = "seal", .holder = 2};
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    clock_advance(&f->clock, SECOND_US);
    /* Late, but nobody took over yet: still the only one. */
    assert_int_equal(do_work(f, &a, 1), ERR_OK);
    assert_int_equal(lease_acquire(f->store, &b, SECOND_US), ERR_OK);
    assert_true(b.fence > a.fence);
    assert_int_equal(do_work(f, &a, 2), ERR_LEASE_LOST);
    assert_int_equal(do_work(f, &b, 3), ERR_OK);
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_LEASE_LOST);
    assert_int_equal(count_things(f->store), 2);
}

static void an_expired_renewal_gets_a_new_fence(void **state)
{
    struct fixture *f = *state;
    struct lease a = {.name = "seal", .holder = 1};
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    int64_t fence = a.fence;
    clock_advance(&f->clock, 2 * SECOND_US);
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    assert_true(a.fence > fence);
}

static void a_released_lease_is_free_at_once(void **state)
{
    struct fixture *f = *state;
    struct lease a = {.name = "seal", .holder = 1}, b = {.name = "seal", .holder = 2};
    assert_int_equal(lease_acquire(f->store, &a, SECOND_US), ERR_OK);
    lease_release(f->store, &a);
    assert_int_equal(a.fence, 0);
    assert_int_equal(lease_acquire(f->store, &b, SECOND_US), ERR_OK);
    lease_release(f->store, &a); /* not held: does nothing to b */
    assert_int_equal(do_work(f, &b, 1), ERR_OK);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, fixture_teardown)
        T(only_one_holds_it),
        T(renewing_keeps_the_fence),
        T(a_late_holder_is_fenced_off),
        T(an_expired_renewal_gets_a_new_fence),
        T(a_released_lease_is_free_at_once),
#undef T
    };
    return cmocka_run_group_tests_name("store_lease", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}
