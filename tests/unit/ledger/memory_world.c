/* memory_world.c — see memory_world.h. */
#include "memory_world.h"

#include <stdlib.h>
#include <string.h>

#define ENGINE_ID_FIRST INT64_C(1000000000)

void memory_world_init(struct memory_world *world)
{
    memset(world, 0, sizeof(*world));
    book_init(&world->book, false);
    world->now_us = INT64_C(1700000000000000);
    world->next_engine_id = ENGINE_ID_FIRST;
}

void memory_world_done(struct memory_world *world)
{
    book_done(&world->book);
    free(world->items);
}

const struct stored_item *memory_world_find(const struct memory_world *world, int64_t id)
{
    for (size_t i = 0; i < world->count; i++) {
        const struct stored_item *item = &world->items[i];
        int64_t item_id =
            item->kind == STORED_TRANSFER ? item->posted.transfer.id.v : item->failure.id;
        if (item_id == id) {
            return item;
        }
    }
    return NULL;
}

static struct stored_item *add_item(struct memory_world *world)
{
    if (world->count == world->capacity) {
        world->capacity = world->capacity == 0 ? 64 : world->capacity * 2;
        world->items = realloc(world->items, world->capacity * sizeof(*world->items));
        BUG_IF(world->items == NULL);
    }
    memset(&world->items[world->count], 0, sizeof(*world->items));
    return &world->items[world->count++];
}

/* Gives every id of the batch that is stored, as ledger_lookup.c would. */
static void look_up(const struct memory_world *world, const struct ledger_transfer *transfers,
                    size_t count, struct stored *ret)
{
    for (size_t i = 0; i < 2 * count; i++) {
        const struct ledger_transfer *t = &transfers[i / 2];
        int64_t id = i % 2 == 0 ? t->id.v : t->pending_id.v;
        const struct stored_item *item = memory_world_find(world, id);
        if (item == NULL || i64map_get(&ret->map, id) != I64MAP_NONE) {
            continue;
        }
        book_grow(&ret->items, &ret->capacity, ret->count + 1, sizeof(*ret->items));
        ret->items[ret->count] = *item;
        i64map_put(&ret->map, id, ret->count++);
    }
}

void memory_world_run(struct memory_world *world, const struct ledger_transfer *transfers,
                      size_t count, bool is_engine, struct ledger_result *ret)
{
    struct stored stored;
    stored_init(&stored);
    look_up(world, transfers, count, &stored);
    const struct rules_batch batch = {.transfers = transfers,
                                      .count = count,
                                      .now_us = world->now_us,
                                      .is_engine = is_engine,
                                      .stored = &stored};
    rules_post(&world->book, &batch, ret);
    stored_done(&stored);
}

void memory_world_commit(struct memory_world *world)
{
    struct book *book = &world->book;
    for (uint32_t i = 0; i < book->row_count; i++) {
        struct stored_item *item = add_item(world);
        item->kind = STORED_TRANSFER;
        rules_row_to_posted(book_row(book, i), &item->posted);
        struct stored_item *held = NULL;
        for (size_t k = 0; k < world->count && item->posted.transfer.pending_id.v != 0; k++) {
            if (world->items[k].kind == STORED_TRANSFER &&
                world->items[k].posted.transfer.id.v == item->posted.transfer.pending_id.v) {
                held = &world->items[k];
            }
        }
        if (held != NULL) {
            const struct hold *hold = book_find_hold(book, held->posted.transfer.id.v);
            BUG_IF(hold == NULL || hold->state == LEDGER_HOLD_OPEN);
            BUG_IF(held->hold.state != LEDGER_HOLD_OPEN); /* a hold resolves once */
            held->hold.state = (enum ledger_hold_state)hold->state;
        }
    }
    for (uint32_t i = 0; i < book->failure_count; i++) {
        BUG_IF(memory_world_find(world, book->failures[i].id) != NULL);
        struct stored_item *item = add_item(world);
        item->kind = STORED_FAILURE;
        item->failure = book->failures[i];
    }
    book_publish(book);
}

static void face_open(void *state, const struct ledger_account_spec *spec, enum err *ret)
{
    struct memory_world *world = state;
    *ret = rules_open_account(&world->book, spec, world->now_us);
    memory_world_commit(world);
}

static void face_post(void *state, const struct ledger_transfer *transfers, size_t count,
                      struct ledger_result *ret)
{
    memory_world_run(state, transfers, count, false, ret);
    memory_world_commit(state);
}

static uint32_t face_expire(void *state)
{
    struct memory_world *world = state;
    struct book *book = &world->book;
    struct ledger_transfer expiries[64] = {0};
    struct ledger_result results[64];
    uint32_t count = 0;
    for (uint32_t i = 0; i < book->hold_count; i++) {
        const struct hold *hold = &book->holds[i];
        if (hold->expires_at_us != 0 && hold->expires_at_us <= world->now_us) {
            expiries[count++] = (struct ledger_transfer){.id = {world->next_engine_id++},
                                                         .code = hold->code,
                                                         .flags = LEDGER_EXPIRE_PENDING,
                                                         .pending_id = {hold->id}};
        }
    }
    memory_world_run(world, expiries, count, true, results);
    for (uint32_t i = 0; i < count; i++) {
        BUG_IF(results[i].code != ERR_OK);
    }
    memory_world_commit(world);
    return count;
}

static bool face_account(void *state, int64_t id, struct ledger_account *ret)
{
    struct memory_world *world = state;
    struct account_record record;
    if (!book_read_account(&world->book, id, &record)) {
        return false;
    }
    ledger_record_to_account(&record, ret);
    return true;
}

static void face_advance(void *state, int64_t us)
{
    struct memory_world *world = state;
    world->now_us += us;
}

struct world memory_world_face(struct memory_world *world)
{
    return (struct world){.state = world,
                          .open = face_open,
                          .post = face_post,
                          .expire = face_expire,
                          .account = face_account,
                          .advance = face_advance};
}
