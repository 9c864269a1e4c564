/* The outbox: with its transaction or not at all, once a key, one worker at a time, nothing lost
 * when a worker dies, nothing kept that need not be. */
#include "store_test.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/outbox.h"

#define SECOND_US INT64_C(1000000)
#define START_US  (1000 * SECOND_US)
#define TAKEN_MAX 64

static int setup(void **state)
{
    fixture_setup(state);
    struct fixture *f = *state;
    clock_init_virtual(&f->clock, START_US);
    assert_int_equal(store_start(f->store), ERR_OK);
    return 0;
}

static struct outbox_item item_of(int64_t id, const char *dedupe)
{
    return (struct outbox_item){.outbox_id = id,
                                .person_id = 7,
                                .topic = {"session_new", 11},
                                .dedupe = {dedupe, (uint32_t)strlen(dedupe)},
                                .payload = {"sealed", 6},
                                .created_at_us = START_US};
}

struct add {
    struct outbox_item item;
    enum err verdict;
    bool added;
};

static enum err add_in_tx(struct store_tx *tx, void *arg)
{
    struct add *add = arg;
    enum err err = outbox_add(tx, &add->item, &add->added);
    return err == ERR_OK ? add->verdict : err;
}

static bool add(struct fixture *f, struct outbox_item item)
{
    struct add add = {.item = item};
    assert_int_equal(store_write_sync(f->store, add_in_tx, &add, 0), ERR_OK);
    return add.added;
}

struct taken {
    struct outbox_claim claim;
    size_t count;
    int64_t ids[TAKEN_MAX];
    int64_t attempts[TAKEN_MAX];
    uint32_t payload_bytes;
};

static void take(const struct outbox_claimed *row, void *arg)
{
    struct taken *taken = arg;
    assert_true(taken->count < TAKEN_MAX);
    assert_int_equal(row->person_id, 7);
    assert_int_equal(row->topic.length, 11);
    taken->attempts[taken->count] = row->attempts;
    taken->payload_bytes += row->payload.length;
    taken->ids[taken->count++] = row->outbox_id;
}

static enum err claim_in_tx(struct store_tx *tx, void *arg)
{
    struct taken *taken = arg;
    taken->count = 0;
    taken->payload_bytes = 0;
    return outbox_claim(tx, &taken->claim, take, taken);
}

static struct taken claim(struct fixture *f, int64_t claim_id, uint32_t count_max)
{
    int64_t now_us = clock_now_us(&f->clock);
    struct taken taken = {.claim = {claim_id, now_us, now_us + 10 * SECOND_US, count_max}};
    assert_int_equal(store_write_sync(f->store, claim_in_tx, &taken, 0), ERR_OK);
    return taken;
}

struct finish {
    struct outbox_held held;
    int64_t now_us, due_at_us;
};

static enum err finish_in_tx(struct store_tx *tx, void *arg)
{
    struct finish *finish = arg;
    return finish->due_at_us != 0 ? outbox_postpone(tx, &finish->held, finish->due_at_us)
                                  : outbox_finish(tx, &finish->held, finish->now_us);
}

static enum err finish(struct fixture *f, int64_t id, int64_t claim_id)
{
    struct finish finish = {{id, 7, claim_id}, clock_now_us(&f->clock), 0};
    return store_write_sync(f->store, finish_in_tx, &finish, 0);
}

static enum err postpone(struct fixture *f, int64_t id, int64_t claim_id, int64_t due_at_us)
{
    struct finish finish = {{id, 7, claim_id}, 0, due_at_us};
    return store_write_sync(f->store, finish_in_tx, &finish, 0);
}

static enum err read_stats(struct store_tx *tx, void *arg)
{
    return outbox_stats(tx, arg);
}

static struct outbox_stats stats(struct fixture *f)
{
    struct outbox_stats stats = {-1, -1};
    assert_int_equal(store_read(f->store, read_stats, &stats), ERR_OK);
    return stats;
}

static void news_shares_the_fate_of_its_transaction(void **state)
{
    struct fixture *f = *state;
    struct add failing = {.item = item_of(1, "a"), .verdict = ERR_NOT_SUPPORTED};
    assert_int_equal(store_write_sync(f->store, add_in_tx, &failing, 0), ERR_NOT_SUPPORTED);
    assert_int_equal(stats(f).waiting_count, 0);
    assert_int_equal(stats(f).oldest_us, 0);
    assert_true(add(f, item_of(2, "a")));
    assert_int_equal(stats(f).waiting_count, 1);
    assert_int_equal(stats(f).oldest_us, START_US);
}

static void the_same_news_is_told_once(void **state)
{
    struct fixture *f = *state;
    struct outbox_item other_person = item_of(3, "a"), other_topic = item_of(4, "a");
    other_person.person_id = 8;
    other_topic.topic = (struct store_text){"session_end", 11};
    assert_true(add(f, item_of(1, "a")));
    assert_false(add(f, item_of(2, "a")));
    assert_true(add(f, other_person));
    assert_true(add(f, other_topic));
    assert_int_equal(stats(f).waiting_count, 3);
    /* also after it was handled */
    assert_int_equal(claim(f, 100, 1).count, 1);
    assert_int_equal(finish(f, 1, 100), ERR_OK);
    assert_false(add(f, item_of(5, "a")));
}

static void one_worker_at_a_time(void **state)
{
    struct fixture *f = *state;
    for (int64_t i = 1; i <= 5; i++) {
        char key[2] = {(char)('a' + i), 0};
        add(f, item_of(i, key));
    }
    struct taken first = claim(f, 100, 3), second = claim(f, 200, 10), none = claim(f, 300, 10);
    assert_int_equal(first.count, 3);
    assert_int_equal(first.payload_bytes, 18);
    assert_int_equal(second.count, 2);
    assert_int_equal(none.count, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_true(first.ids[i] <= 3); /* oldest first */
    }
    assert_int_equal(finish(f, 4, 100), ERR_LEASE_LOST); /* the other's */
    assert_int_equal(finish(f, 4, 200), ERR_OK);
    assert_int_equal(finish(f, 4, 200), ERR_LEASE_LOST); /* done already */
}

static void what_a_dead_worker_held_is_taken_over(void **state)
{
    struct fixture *f = *state;
    add(f, item_of(1, "a"));
    assert_int_equal(claim(f, 100, 10).attempts[0], 1);
    clock_advance(&f->clock, 9 * SECOND_US);
    assert_int_equal(claim(f, 200, 10).count, 0);
    clock_advance(&f->clock, SECOND_US);
    struct taken again = claim(f, 200, 10);
    assert_int_equal(again.count, 1);
    assert_int_equal(again.attempts[0], 2);
    /* it was only paused: its work leaves nothing */
    assert_int_equal(finish(f, 1, 100), ERR_LEASE_LOST);
    assert_int_equal(postpone(f, 1, 100, START_US), ERR_LEASE_LOST);
    assert_int_equal(finish(f, 1, 200), ERR_OK);
    assert_int_equal(stats(f).waiting_count, 0);
}

static void what_failed_waits_and_comes_again(void **state)
{
    struct fixture *f = *state;
    struct outbox_item later = item_of(2, "b");
    later.due_at_us = START_US + 5 * SECOND_US;
    add(f, item_of(1, "a"));
    add(f, later);
    assert_int_equal(claim(f, 100, 10).count, 1);
    assert_int_equal(postpone(f, 1, 100, START_US + 5 * SECOND_US), ERR_OK);
    assert_int_equal(claim(f, 200, 10).count, 0);
    clock_advance(&f->clock, 5 * SECOND_US);
    assert_int_equal(claim(f, 300, 10).count, 2);
}

struct prune {
    int64_t before_us, count;
    int64_t person_id;
};

static enum err prune_in_tx(struct store_tx *tx, void *arg)
{
    struct prune *prune = arg;
    return prune->person_id != 0 ? outbox_forget_person(tx, prune->person_id)
                                 : outbox_prune(tx, prune->before_us, 10, &prune->count);
}

static void nothing_is_kept_for_ever(void **state)
{
    struct fixture *f = *state;
    struct prune prune = {.before_us = START_US};
    struct prune forget = {.person_id = 7};
    add(f, item_of(1, "a"));
    add(f, item_of(2, "b"));
    claim(f, 100, 1);
    assert_int_equal(finish(f, 1, 100), ERR_OK);
    assert_int_equal(store_write_sync(f->store, prune_in_tx, &prune, 0), ERR_OK);
    assert_int_equal(prune.count, 0);
    prune.before_us = START_US + 1;
    assert_int_equal(store_write_sync(f->store, prune_in_tx, &prune, 0), ERR_OK);
    assert_int_equal(prune.count, 1); /* never what waits */
    assert_true(add(f, item_of(3, "a")));
    assert_int_equal(store_write_sync(f->store, prune_in_tx, &forget, 0), ERR_OK);
    assert_int_equal(stats(f).waiting_count, 0);
}

/* Many workers, none of which waits for another: each row is handled exactly once. */
#define RACERS      4
#define RACED_ITEMS 40

struct racer {
    struct fixture *f;
    int64_t number;
    int handled;
};

static void *race(void *arg)
{
    struct racer *racer = arg;
    for (int64_t round = 0; round < RACED_ITEMS; round++) {
        struct taken taken = claim(racer->f, 1000 * racer->number + round + 1, 3);
        for (size_t i = 0; i < taken.count; i++) {
            enum err err = finish(racer->f, taken.ids[i], taken.claim.claim);
            assert_int_equal(err, ERR_OK);
            racer->handled++;
        }
    }
    return NULL;
}

static void racing_workers_share_the_rows(void **state)
{
    struct fixture *f = *state;
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    int handled = 0;
    for (int64_t i = 1; i <= RACED_ITEMS; i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%d", (int)i);
        add(f, item_of(i, key));
    }
    for (int64_t i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.f = f, .number = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < RACERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        handled += racers[i].handled;
    }
    assert_int_equal(handled, RACED_ITEMS);
    assert_int_equal(stats(f).waiting_count, 0);
}

struct cursor {
    int64_t from, to, position;
};

static enum err advance_in_tx(struct store_tx *tx, void *arg)
{
    struct cursor *cursor = arg;
    return store_cursor_advance(tx, "alerts", cursor->from, cursor->to);
}

static enum err read_cursor(struct store_tx *tx, void *arg)
{
    struct cursor *cursor = arg;
    return store_cursor_get(tx, "alerts", 41, &cursor->position);
}

static enum err advance(struct fixture *f, int64_t from, int64_t to)
{
    struct cursor cursor = {from, to, 0};
    return store_write_sync(f->store, advance_in_tx, &cursor, 0);
}

static void a_follower_passes_each_place_once(void **state)
{
    struct fixture *f = *state;
    struct cursor cursor = {0};
    assert_int_equal(store_read(f->store, read_cursor, &cursor), ERR_OK);
    assert_int_equal(cursor.position, 41);
    assert_int_equal(advance(f, 41, 50), ERR_OK);
    assert_int_equal(advance(f, 41, 50), ERR_LEASE_LOST);
    assert_int_equal(advance(f, 50, 50), ERR_OK);
    assert_int_equal(advance(f, 50, 60), ERR_OK);
    assert_int_equal(store_read(f->store, read_cursor, &cursor), ERR_OK);
    assert_int_equal(cursor.position, 60);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, fixture_teardown)
        T(news_shares_the_fate_of_its_transaction),
        T(the_same_news_is_told_once),
        T(one_worker_at_a_time),
        T(what_a_dead_worker_held_is_taken_over),
        T(what_failed_waits_and_comes_again),
        T(nothing_is_kept_for_ever),
        T(racing_workers_share_the_rows),
        T(a_follower_passes_each_place_once),
#undef T
    };
    return cmocka_run_group_tests_name("store_outbox", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return test_main(argc, argv, run);
}
