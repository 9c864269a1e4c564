/* workers.c — the contract is in workers.h.
 *
 * Locks: workers->lock guards `stopping`; everything else belongs to one thread. */
#include "main/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"

struct worker {
    struct worker_spec spec;
    struct workers *all;
    pthread_t thread;
    enum err failing; /* ERR_OK: the last run went well */
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    size_t count;
    struct worker workers[WORKERS_MAX];
};

/* False when it is time to stop. */
static bool rest(struct workers *all, int64_t for_us)
{
    struct timespec until;
    int64_t until_us = clock_monotonic_us() + for_us;
    until.tv_sec = until_us / 1000000;
    until.tv_nsec = (until_us % 1000000) * 1000;
    pthread_mutex_lock(&all->lock);
    while (!all->stopping && clock_monotonic_us() < until_us) {
        pthread_cond_timedwait(&all->wake, &all->lock, &until);
    }
    bool go_on = !all->stopping;
    pthread_mutex_unlock(&all->lock);
    return go_on;
}

static void note_outcome(struct worker *worker, enum err err)
{
    if (err == worker->failing) {
        return;
    }
    if (err != ERR_OK) {
        LOG(LOG_WARN, "worker_failing", LOG_TEXT("worker", worker->spec.name),
            LOG_TEXT("code", err_code(err)));
    } else {
        LOG(LOG_INFO, "worker_recovered", LOG_TEXT("worker", worker->spec.name));
    }
    worker->failing = err;
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    bool more = false;
    while (rest(worker->all, more ? 0 : worker->spec.interval_us)) {
        more = false;
        note_outcome(worker, worker->spec.run(worker->spec.arg, &more));
    }
    return NULL;
}

struct workers *workers_start(const struct worker_spec *specs, size_t count)
{
    struct workers *all = calloc(1, sizeof(*all));
    pthread_condattr_t attributes;
    BUG_IF(all == NULL || count > WORKERS_MAX);
    pthread_mutex_init(&all->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&all->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    for (size_t i = 0; i < count; i++) {
        struct worker *worker = &all->workers[i];
        *worker = (struct worker){.spec = specs[i], .all = all};
        int failed = pthread_create(&worker->thread, NULL, work, worker);
        BUG_IF(failed != 0);
        all->count++;
    }
    return all;
}

void workers_stop(struct workers *workers)
{
    if (workers == NULL) {
        return;
    }
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->wake);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->count; i++) {
        pthread_join(workers->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&workers->wake);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}
