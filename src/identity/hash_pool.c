/* hash_pool.c — see hash_pool.h. */
#include "identity/hash_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define QUEUE_DEFAULT 256
#define THREADS_MAX   64
#define NICE          10

struct hash_pool {
    pthread_mutex_t lock; /* protects the queue and `stopping` */
    pthread_cond_t news;
    struct hash_job *first, **last;
    uint32_t waiting, queue_max;
    bool stopping;
    uint32_t thread_count;
    pthread_t threads[THREADS_MAX];
};

static void *work(void *arg)
{
    struct hash_pool *pool = arg;

    /* On Linux a niceness belongs to the thread. Without the right to change it: as it is. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct hash_job *job = pool->first;

        if (job == NULL) {
            if (pool->stopping) {
                break;
            }
            pthread_cond_wait(&pool->news, &pool->lock);
            continue;
        }
        pool->first = job->next;
        if (pool->first == NULL) {
            pool->last = &pool->first;
        }
        pool->waiting--;
        pthread_mutex_unlock(&pool->lock);
        job->run(job->arg); /* may free the job */
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct hash_pool *hash_pool_create(const struct hash_pool_config *config)
{
    struct hash_pool *pool = calloc(1, sizeof(*pool));
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    BUG_IF(pool == NULL || config->thread_count > THREADS_MAX);
    pool->thread_count = config->thread_count;
    if (pool->thread_count == 0) {
        pool->thread_count = processors >= 4 ? (uint32_t)(processors / 2) : 1;
        pool->thread_count = pool->thread_count > THREADS_MAX ? THREADS_MAX : pool->thread_count;
    }
    pool->queue_max = config->queue_max == 0 ? QUEUE_DEFAULT : config->queue_max;
    pool->last = &pool->first;
    BUG_IF(pthread_mutex_init(&pool->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&pool->news, NULL) != 0);
    for (uint32_t i = 0; i < pool->thread_count; i++) {
        BUG_IF(pthread_create(&pool->threads[i], NULL, work, pool) != 0);
    }
    return pool;
}

void hash_pool_free(struct hash_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->news);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    BUG_IF(pool->first != NULL);
    pthread_cond_destroy(&pool->news);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

enum err hash_pool_submit(struct hash_pool *pool, struct hash_job *job)
{
    enum err err = ERR_OK;

    pthread_mutex_lock(&pool->lock);
    BUG_IF(pool->stopping);
    if (pool->waiting >= pool->queue_max) {
        err = ERR_HASH_BUSY;
    } else {
        job->next = NULL;
        *pool->last = job;
        pool->last = &job->next;
        pool->waiting++;
        pthread_cond_signal(&pool->news);
    }
    pthread_mutex_unlock(&pool->lock);
    return err;
}

uint32_t hash_pool_waiting(struct hash_pool *pool)
{
    uint32_t waiting;

    pthread_mutex_lock(&pool->lock);
    waiting = pool->waiting;
    pthread_mutex_unlock(&pool->lock);
    return waiting;
}
