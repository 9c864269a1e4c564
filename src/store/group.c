/* group.c — group commit: several callbacks, each in a savepoint, one transaction, one COMMIT.
 *
 * Invariants: an outcome other than ERR_OUTCOME_UNKNOWN is definite; participants see every
 * group_begin answered by exactly one of committed and aborted; a callback whose outcome is an
 * error left nothing in the database.
 *
 * A group that fails as a whole (a conflict at any point, an error when participants write back) is
 * run again, a few times with everybody, then one by one, so that one poisoned callback fails
 * alone. A group whose connection is lost before COMMIT is run again once if a new connection is
 * there at once. Nothing is run again after a COMMIT was sent. */
#include <time.h>

#include "core/log.h"
#include "store/store_int.h"

/* How an attempt ended. */
enum attempt {
    ATTEMPT_DONE = 0,    /* outcomes are set, the transaction committed (or had nothing to) */
    ATTEMPT_AGAIN = 1,   /* nothing was written; may be run again */
    ATTEMPT_LOST = 2,    /* nothing was written; the connection is gone */
    ATTEMPT_FAILED = 3,  /* nothing was written; the error is everybody's outcome */
    ATTEMPT_UNKNOWN = 4, /* the COMMIT may have been carried out */
};

static void each_participant(struct store_tx *tx, size_t offset)
{
    struct store *store = tx->store;
    for (uint32_t i = 0; i < store->participant_count; i++) {
        const struct store_participant *p = &store->participants[i];
        void (*fn)(void *, struct store_tx *) =
            *(void (*const *)(void *, struct store_tx *))((const char *)p + offset);
        if (fn != NULL) {
            fn(p->state, tx);
        }
    }
}
#define EACH_PARTICIPANT(tx, member)                                                               \
    each_participant((tx), offsetof(struct store_participant, member))

static void tell_aborted(struct store_tx *tx, bool outcome_unknown)
{
    struct store *store = tx->store;
    for (uint32_t i = 0; i < store->participant_count; i++) {
        const struct store_participant *p = &store->participants[i];
        if (p->aborted != NULL) {
            p->aborted(p->state, tx, outcome_unknown);
        }
    }
}

static enum err flush(struct store_tx *tx)
{
    struct store *store = tx->store;
    for (uint32_t i = 0; i < store->participant_count; i++) {
        const struct store_participant *p = &store->participants[i];
        if (p->flush == NULL) {
            continue;
        }
        enum err err = p->flush(p->state, tx);
        if (tx->error != ERR_OK) {
            err = tx->error;
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static bool wants_rerun(const struct store *store, enum err err)
{
    return err == ERR_STORE_CONFLICT ||
           (err == ERR_STORE_DUPLICATE && store->backend->retry_duplicate);
}

static enum err run_one(struct lane *lane, struct store_write *write, bool alone)
{
    struct store_tx *tx = &lane->tx;
    const struct backend *backend = lane->store->backend;
    EACH_PARTICIPANT(tx, savepoint);
    /* Alone in its transaction it needs none: what fails takes the transaction with it. */
    tx->savepoint_wanted = !alone;
    enum err err = write->run(tx, write->arg);
    tx->savepoint_wanted = false;
    if (tx->error != ERR_OK) {
        err = tx->error;
    }
    if (err == ERR_OK && tx->savepoint_open) {
        err = backend->savepoint_release(tx);
    }
    if (err == ERR_OK) {
        EACH_PARTICIPANT(tx, release);
    } else {
        if (tx->savepoint_open && !tx->lost) {
            backend->savepoint_rollback(tx);
        }
        EACH_PARTICIPANT(tx, rollback);
    }
    tx->savepoint_open = false;
    if (!tx->lost && !alone) {
        tx->error = ERR_OK;
    }
    return err;
}

static enum attempt give_up(struct lane *lane, enum err err, enum err *ret_err)
{
    struct store_tx *tx = &lane->tx;
    const struct backend *backend = lane->store->backend;
    backend->rollback(tx);
    tell_aborted(tx, false);
    *ret_err = err;
    if (!backend->conn_usable(lane->conn)) {
        return ATTEMPT_LOST;
    }
    if (err == ERR_STORE_READ_ONLY) {
        return ATTEMPT_FAILED;
    }
    return ATTEMPT_AGAIN;
}

static enum attempt commit(struct lane *lane, enum err *ret_err)
{
    struct store *store = lane->store;
    struct store_tx *tx = &lane->tx;
    bool unknown = false;
    int64_t before_us = clock_monotonic_us();
    enum err err = store->backend->commit(tx, &unknown);
    if (err == ERR_OK) {
        atomic_fetch_add(&store->commit_us_sum, (uint64_t)(clock_monotonic_us() - before_us));
        EACH_PARTICIPANT(tx, committed);
        return ATTEMPT_DONE;
    }
    atomic_fetch_add(&store->commit_failures, 1);
    if (!unknown && wants_rerun(store, err)) {
        return give_up(lane, err, ret_err);
    }
    LOG(LOG_ERROR, "store_commit_failed", LOG_NUMBER("lane", lane->index),
        LOG_NUMBER("unknown", unknown), LOG_TEXT("error", err_code(err)));
    if (!unknown) {
        return give_up(lane, err, ret_err);
    }
    tell_aborted(tx, true);
    return ATTEMPT_UNKNOWN;
}

/* Runs group[first .. first+*count) once. *count is lowered when the group closes early. */
static enum attempt attempt(struct lane *lane, size_t first, size_t *count, enum err *ret_err)
{
    struct store *store = lane->store;
    const struct backend *backend = store->backend;
    struct store_tx *tx = &lane->tx;
    store_tx_init(tx, store, lane->conn);
    tx->lane = lane->index;
    int64_t now_us = clock_now_us(store->clock);
    lane->last_now_us = now_us > lane->last_now_us ? now_us : lane->last_now_us;
    tx->now_us = lane->last_now_us;
    enum err err = backend->begin(tx);
    if (err != ERR_OK) {
        *ret_err = err;
        return backend->conn_usable(lane->conn) ? ATTEMPT_AGAIN : ATTEMPT_LOST;
    }
    EACH_PARTICIPANT(tx, group_begin);
    if (tx->error != ERR_OK) {
        return give_up(lane, tx->error, ret_err);
    }
    bool alone = *count == 1, any = false;
    for (size_t i = 0; i < *count; i++) {
        enum err outcome = run_one(lane, lane->group[first + i], alone);
        lane->outcomes[first + i] = outcome;
        any = any || outcome == ERR_OK;
        if (tx->lost || wants_rerun(store, outcome)) {
            return give_up(lane, outcome, ret_err);
        }
        if (tx->savepoint_count >= backend->savepoints_max || tx->group_ended) {
            *count = i + 1;
        }
    }
    if (!any) {
        /* Every callback undid itself: there is nothing to make durable. A connection lost here
         * is noticed by the next group. */
        (void)give_up(lane, ERR_OK, &err);
        return ATTEMPT_DONE;
    }
    err = flush(tx);
    if (err != ERR_OK) {
        return give_up(lane, err, ret_err);
    }
    return commit(lane, ret_err);
}

static void set_outcomes(struct lane *lane, size_t first, size_t count, enum err err)
{
    for (size_t i = 0; i < count; i++) {
        lane->outcomes[first + i] = err;
    }
}

/* What a callback undid itself stays definite. */
static void set_unknown(struct lane *lane, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        if (lane->outcomes[i] == ERR_OK) {
            lane->outcomes[i] = ERR_OUTCOME_UNKNOWN;
            atomic_fetch_add(&lane->store->unknown_outcomes, 1);
        }
    }
}

static void drop_connection(struct lane *lane)
{
    lane->store->backend->conn_close(lane->conn);
    lane->conn = NULL;
}

/* Two that collided must not meet again: the pauses grow, and those of two lanes differ. */
static void pause_before_retry(uint32_t tries, uint32_t lane_index)
{
    uint32_t shift = tries < 8 ? tries : 8;
    struct timespec pause = {.tv_nsec = (long)((100000u + 70000u * lane_index) << shift)};
    nanosleep(&pause, NULL);
}

/* Runs until there is an outcome for each, or the group is to be split (false). */
static bool settle(struct lane *lane, size_t first, size_t *count, uint32_t tries_max)
{
    struct store *store = lane->store;
    bool replaced = false;
    for (uint32_t tries = 1;; tries++) {
        enum err err = ERR_STORE_FAILED;
        switch (attempt(lane, first, count, &err)) {
        case ATTEMPT_DONE:
            atomic_fetch_add(&store->groups, 1);
            return true;
        case ATTEMPT_FAILED:
            set_outcomes(lane, first, *count, err);
            return true;
        case ATTEMPT_UNKNOWN:
            set_unknown(lane, first, *count);
            drop_connection(lane);
            if (store->backend->recovers_here) {
                /* Before anybody is told: who was told "unknown" must not read a state that
                 * recovery then changes. If it fails, reads are refused until it succeeds. */
                bool settled = lane_reconnect(lane);
                LOG(LOG_WARN, "store_recovered", LOG_NUMBER("at_once", settled));
            }
            return true;
        case ATTEMPT_LOST:
            drop_connection(lane);
            /* One new connection; a second loss is no accident of the first. */
            if (!lane_reconnect(lane) || replaced) {
                set_outcomes(lane, first, *count, err);
                return true;
            }
            replaced = true;
            break;
        case ATTEMPT_AGAIN:
            if (*count == 1 &&
                (!wants_rerun(store, err) || tries >= store->backend->single_tries_max)) {
                set_outcomes(lane, first, 1, err);
                return true;
            }
            if (*count > 1 && (!wants_rerun(store, err) || tries >= tries_max)) {
                return false;
            }
            pause_before_retry(tries, lane->index);
            break;
        }
        atomic_fetch_add(&store->retries, 1);
    }
}

size_t group_run(struct lane *lane, size_t count)
{
    struct store *store = lane->store;
    if (!settle(lane, 0, &count, store->backend->retries_max)) {
        for (size_t i = 0; i < count; i++) {
            size_t one = 1;
            if (lane->conn == NULL) {
                set_outcomes(lane, i, 1, ERR_STORE_UNAVAILABLE);
                continue;
            }
            bool settled = settle(lane, i, &one, 0);
            BUG_IF(!settled);
        }
    }
    atomic_fetch_add(&store->callbacks, count);
    return count;
}
