/* vault_counts.c — openings by the wallet itself, counted in memory and written down by a worker,
 * so that a read never costs a write. What was counted since the last writing is lost in a crash; a
 * write whose outcome is unknown is written again. An opening just after midnight may count for the
 * day before. */
#include "identity/vault_int.h"

#include <stdlib.h>
#include <string.h>

#include "q_identity.h"

#define DAY_US INT64_C(86400000000)

void vault_counts_init(struct vault_counts *counts)
{
    memset(counts, 0, sizeof(*counts));
    BUG_IF(pthread_mutex_init(&counts->lock, NULL) != 0);
    BUG_IF(pthread_mutex_init(&counts->writing, NULL) != 0);
    i64map_init(&counts->map);
}

void vault_counts_done(struct vault_counts *counts)
{
    i64map_done(&counts->map);
    free(counts->rows);
    pthread_mutex_destroy(&counts->writing);
    pthread_mutex_destroy(&counts->lock);
}

/* With the lock. NULL when there is no room: `lost` grows instead. */
static struct count_row *row_of(struct vault_counts *counts, int64_t person, int64_t day)
{
    uint32_t at = i64map_get(&counts->map, person);

    if (at != I64MAP_NONE) {
        return &counts->rows[at];
    }
    if (counts->count == COUNT_ROWS_MAX) {
        return NULL;
    }
    if (counts->count == counts->capacity) {
        counts->capacity = counts->capacity == 0 ? 64 : counts->capacity * 2;
        counts->rows = realloc(counts->rows, counts->capacity * sizeof(*counts->rows));
        BUG_IF(counts->rows == NULL);
    }
    at = counts->count++;
    counts->rows[at] = (struct count_row){.person = person, .day = day};
    i64map_put(&counts->map, person, at);
    return &counts->rows[at];
}

static void add(struct vault_counts *counts, int64_t person, int64_t day,
                const uint32_t openings[VAULT_PURPOSE_COUNT])
{
    struct count_row *row;

    pthread_mutex_lock(&counts->lock);
    row = row_of(counts, person, day);
    for (size_t i = 0; i < VAULT_PURPOSE_COUNT; i++) {
        if (row != NULL) {
            row->openings[i] += openings[i];
        } else {
            counts->lost += openings[i];
        }
    }
    pthread_mutex_unlock(&counts->lock);
}

void vault_count(struct vault *vault, struct person_id person, enum vault_purpose purpose)
{
    uint32_t openings[VAULT_PURPOSE_COUNT] = {0};

    if (purpose == VAULT_FOR_SELF || purpose == VAULT_FOR_EXPORT ||
        purpose == VAULT_FOR_DIRECTORY) {
        return;
    }
    openings[purpose] = 1;
    add(&vault->counts, person.v, clock_now_us(vault->clock) / DAY_US, openings);
}

/* ---- writing ---- */

struct count_writing {
    struct q_identity_access_count_add_in *rows;
    size_t count;
};

static enum err write_in_tx(struct store_tx *tx, void *arg)
{
    const struct count_writing *writing = arg;

    return q_identity_access_count_add_batch(tx, writing->rows, writing->count, NULL);
}

static enum err write_rows(struct vault *vault, const struct count_row *rows, uint32_t count)
{
    struct count_writing writing = {
        .rows = calloc((size_t)count * VAULT_PURPOSE_COUNT, sizeof(*writing.rows))};
    enum err err;

    BUG_IF(writing.rows == NULL);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t purpose = 0; purpose < VAULT_PURPOSE_COUNT; purpose++) {
            if (rows[i].openings[purpose] > 0) {
                writing.rows[writing.count++] =
                    (struct q_identity_access_count_add_in){.person_id = rows[i].person,
                                                            .day = rows[i].day,
                                                            .purpose = purpose,
                                                            .openings = rows[i].openings[purpose]};
            }
        }
    }
    err = store_write_sync(vault->store, write_in_tx, &writing, 0);
    free(writing.rows);
    return err;
}

enum err vault_write_counts(struct vault *vault)
{
    struct vault_counts *counts = &vault->counts;
    struct count_row *rows;
    enum err err = ERR_OK;
    uint32_t count;

    pthread_mutex_lock(&counts->writing);
    pthread_mutex_lock(&counts->lock);
    rows = counts->rows;
    count = counts->count;
    counts->rows = NULL;
    counts->count = counts->capacity = 0;
    i64map_clear(&counts->map);
    pthread_mutex_unlock(&counts->lock);
    if (count > 0) {
        err = write_rows(vault, rows, count);
    }
    for (uint32_t i = 0; i < count && err != ERR_OK; i++) {
        add(counts, rows[i].person, rows[i].day, rows[i].openings);
    }
    free(rows);
    pthread_mutex_unlock(&counts->writing);
    return err;
}
