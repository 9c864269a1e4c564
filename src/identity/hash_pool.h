/* hash_pool.h — a few threads for hashing passwords, and nothing else.
 *
 * argon2id takes tens of milliseconds of a core and 19 MiB on purpose. On a lane or an I/O thread
 * it would stop payments; here it runs on threads of low priority (nice), which get what payments
 * leave and a little more. The queue is bounded: beyond it ERR_HASH_BUSY, at once, so that a flood
 * of sign-ins costs those who sign in and nobody else.
 *
 * Threads: hash_pool_submit from any. Lock: one mutex around the queue. */
#ifndef JN_IDENTITY_HASH_POOL_H
#define JN_IDENTITY_HASH_POOL_H

#include "core/base.h"
#include "core/err.h"

struct hash_pool;

struct hash_job {
    void (*run)(void *arg); /* on a thread of the pool, exactly once */
    void *arg;
    struct hash_job *next; /* the pool's, while queued */
};

struct hash_pool_config {
    uint32_t thread_count; /* 1..64; 0: half the processors, at least one */
    uint32_t queue_max;    /* 0: 256 */
};
struct hash_pool *hash_pool_create(const struct hash_pool_config *config);
/* Runs what is queued, then ends the threads. NULL is fine. */
void hash_pool_free(struct hash_pool *pool);
/* *job lives until it ran. ERR_HASH_BUSY: not queued. */
JN_MUST_USE enum err hash_pool_submit(struct hash_pool *pool, struct hash_job *job);
/* Jobs waiting now. */
uint32_t hash_pool_waiting(struct hash_pool *pool);

#endif
