/* lease.c — see lease.h. */
#include <string.h>

#include "q_store.h"
#include "store/lease.h"
#include "store/store_int.h"

struct acquire {
    struct lease *lease;
    int64_t now_us, expires_at_us, fence;
    bool found;
};

static struct store_text name_of(const struct lease *lease)
{
    return (struct store_text){lease->name, (uint32_t)strlen(lease->name)};
}

static enum err acquire(struct store_tx *tx, void *arg)
{
    struct acquire *a = arg;
    struct q_store_lease_acquire_row row = {0};
    a->found = false;
    enum err err =
        q_store_lease_acquire(tx,
                              &(struct q_store_lease_acquire_in){.name = name_of(a->lease),
                                                                 .holder = a->lease->holder,
                                                                 .now_us = a->now_us,
                                                                 .expires_at_us = a->expires_at_us},
                              &row, &a->found);
    a->fence = row.fence;
    return err;
}

enum err lease_acquire(struct store *store, struct lease *lease, int64_t duration_us)
{
    BUG_IF(lease->holder <= 0 || duration_us <= 0);
    int64_t now_us = clock_now_us(store->clock);
    struct acquire a = {.lease = lease, .now_us = now_us, .expires_at_us = now_us + duration_us};
    enum err err = store_write_sync(store, acquire, &a, 0);
    if (err != ERR_OK) {
        return err;
    }
    if (!a.found) {
        lease->fence = 0;
        return ERR_LEASE_LOST;
    }
    lease->fence = a.fence;
    lease->expires_at_us = a.expires_at_us;
    return ERR_OK;
}

enum err lease_check(struct store_tx *tx, const struct lease *lease)
{
    int64_t changed = 0;
    enum err err = q_store_lease_check(tx,
                                       &(struct q_store_lease_check_in){.name = name_of(lease),
                                                                        .holder = lease->holder,
                                                                        .fence = lease->fence},
                                       &changed);
    if (err != ERR_OK) {
        return err;
    }
    return changed == 1 ? ERR_OK : ERR_LEASE_LOST;
}

static enum err release(struct store_tx *tx, void *arg)
{
    const struct lease *lease = arg;
    return q_store_lease_release(tx,
                                 &(struct q_store_lease_release_in){.name = name_of(lease),
                                                                    .holder = lease->holder,
                                                                    .fence = lease->fence},
                                 NULL);
}

void lease_release(struct store *store, struct lease *lease)
{
    if (lease->fence != 0) {
        enum err ignored = store_write_sync(store, release, lease, 0);
        (void)ignored;
        lease->fence = 0;
    }
}
