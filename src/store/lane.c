/* lane.c — a writer thread: takes what waits, has group.c run it, and keeps the circuit.
 *
 * The circuit: a lane without a connection is DOWN. Whatever is queued then, and whatever arrives,
 * is refused at once as not written; the lane tries to connect again with growing pauses. */
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "core/log.h"
#include "store/store_int.h"

#define BACKOFF_MIN_MS 20
#define BACKOFF_MAX_MS 1000

enum err lane_init(struct lane *lane, struct store *store, uint32_t index)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&lane->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&lane->lock, NULL);
    lane->store = store;
    lane->index = index;
    lane->group = calloc(store->group_max, sizeof(struct store_write *));
    lane->outcomes = calloc(store->group_max, sizeof(enum err));
    BUG_IF(lane->group == NULL || lane->outcomes == NULL);
    return store->backend->conn_open(store, CONN_WRITER, &lane->conn);
}

void lane_done(struct lane *lane)
{
    if (lane->store == NULL) {
        return;
    }
    if (lane->conn != NULL) {
        lane->store->backend->conn_close(lane->conn);
        lane->conn = NULL;
    }
    free(lane->group);
    free(lane->outcomes);
    pthread_mutex_destroy(&lane->lock);
    pthread_cond_destroy(&lane->wake);
}

enum err lane_enqueue(struct lane *lane, struct store_write *write)
{
    struct store *store = lane->store;
    if (atomic_load_explicit(&store->stopping, memory_order_relaxed)) {
        return ERR_STORE_STOPPING;
    }
    if (atomic_load_explicit(&store->read_only, memory_order_relaxed)) {
        return ERR_STORE_READ_ONLY;
    }
    if (atomic_load_explicit(&lane->state, memory_order_relaxed) == LANE_DOWN) {
        return ERR_STORE_UNAVAILABLE;
    }
    enum err err = ERR_OK;
    bool wake = false;
    write->next = NULL;
    pthread_mutex_lock(&lane->lock);
    if (lane->stopping) {
        err = ERR_STORE_STOPPING;
    } else if (atomic_load_explicit(&lane->queued, memory_order_relaxed) >= store->queue_max) {
        err = ERR_STORE_BUSY;
    } else {
        if (lane->tail == NULL) {
            lane->head = write;
        } else {
            lane->tail->next = write;
        }
        lane->tail = write;
        atomic_fetch_add_explicit(&lane->queued, 1, memory_order_relaxed);
        wake = lane->waiting;
        lane->waiting = false;
    }
    pthread_mutex_unlock(&lane->lock);
    if (wake) {
        pthread_cond_signal(&lane->wake);
    }
    if (err == ERR_STORE_BUSY) {
        atomic_fetch_add_explicit(&store->rejected_busy, 1, memory_order_relaxed);
    }
    return err;
}

/* Moves up to group_max waiting callbacks into lane->group. With wait_ms < 0 it sleeps until there
 * is work. Returns 0 only when time is up or the lane is stopping and empty. */
static size_t take(struct lane *lane, int64_t wait_ms, bool *ret_stopping)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + (wait_ms > 0 ? wait_ms : 0) * 1000000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;

    size_t count = 0;
    pthread_mutex_lock(&lane->lock);
    while (lane->head == NULL && !lane->stopping) {
        lane->waiting = true;
        if (wait_ms < 0) {
            pthread_cond_wait(&lane->wake, &lane->lock);
        } else if (pthread_cond_timedwait(&lane->wake, &lane->lock, &until) != 0) {
            break;
        }
    }
    lane->waiting = false;
    while (lane->head != NULL && count < lane->store->group_max) {
        lane->group[count++] = lane->head;
        lane->head = lane->head->next;
    }
    if (lane->head == NULL) {
        lane->tail = NULL;
    }
    *ret_stopping = lane->stopping;
    pthread_mutex_unlock(&lane->lock);
    return count;
}

/* Puts back what did not fit into the group, in front, in order. */
static void put_back(struct lane *lane, size_t from, size_t count)
{
    if (from == count) {
        return;
    }
    pthread_mutex_lock(&lane->lock);
    for (size_t i = count; i > from; i--) {
        struct store_write *write = lane->group[i - 1];
        write->next = lane->head;
        lane->head = write;
        if (lane->tail == NULL) {
            lane->tail = write;
        }
    }
    pthread_mutex_unlock(&lane->lock);
}

static void answer(struct lane *lane, size_t count)
{
    atomic_fetch_sub_explicit(&lane->queued, (uint32_t)count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++) {
        struct store_write *write = lane->group[i];
        write->done(write->arg, lane->outcomes[i]); /* *write may be gone now */
    }
}

static void refuse(struct lane *lane, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lane->outcomes[i] = ERR_STORE_UNAVAILABLE;
    }
    answer(lane, count);
}

static void open_circuit(struct lane *lane, enum err err)
{
    lane->backoff_ms = lane->backoff_ms == 0 ? BACKOFF_MIN_MS : lane->backoff_ms * 2;
    lane->backoff_ms = lane->backoff_ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : lane->backoff_ms;
    if (atomic_exchange(&lane->state, LANE_DOWN) == LANE_UP) {
        LOG(LOG_ERROR, "store_circuit_open", LOG_NUMBER("lane", lane->index),
            LOG_TEXT("error", err_code(err)));
    }
}

bool lane_reconnect(struct lane *lane)
{
    const struct backend *backend = lane->store->backend;
    enum err err = lane->recovered ? ERR_OK : backend->recover(lane->store);
    lane->recovered = err == ERR_OK;
    if (err == ERR_OK) {
        err = backend->conn_open(lane->store, CONN_WRITER, &lane->conn);
    }
    if (err != ERR_OK) {
        open_circuit(lane, err);
        return false;
    }
    if (atomic_exchange(&lane->state, LANE_UP) == LANE_DOWN) {
        LOG(LOG_INFO, "store_circuit_closed", LOG_NUMBER("lane", lane->index));
    }
    lane->recovered = false;
    lane->backoff_ms = 0;
    return true;
}

static void *lane_main(void *arg)
{
    struct lane *lane = arg;
    bool stopping = false;
    for (;;) {
        if (lane->conn == NULL && !lane_reconnect(lane)) {
            size_t count = take(lane, lane->backoff_ms, &stopping);
            refuse(lane, count);
            if (stopping && count == 0) {
                return NULL;
            }
            continue;
        }
        size_t count = take(lane, -1, &stopping);
        if (count == 0) {
            BUG_IF(!stopping);
            return NULL;
        }
        size_t done = group_run(lane, count);
        put_back(lane, done, count);
        answer(lane, done);
    }
}

enum err lane_start(struct lane *lane)
{
    /* Signals belong to the main thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&lane->thread, NULL, lane_main, lane);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed != 0 ? ERR_STORE_UNAVAILABLE : ERR_OK;
}

void lane_stop(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->stopping = true;
    pthread_mutex_unlock(&lane->lock);
    pthread_cond_signal(&lane->wake);
    pthread_join(lane->thread, NULL);
    BUG_IF(lane->head != NULL);
}

enum err lane_run_inline(struct lane *lane, struct store_write *write)
{
    if (lane->conn == NULL && !lane_reconnect(lane)) {
        return ERR_STORE_UNAVAILABLE;
    }
    lane->group[0] = write;
    size_t done = group_run(lane, 1);
    BUG_IF(done != 1);
    return lane->outcomes[0];
}
