/* rate.c — token buckets in a fixed table.
 *
 * A key hashes to a set of eight buckets; a key without a bucket takes the one that was used least
 * recently, which can only make the limit milder for a key that was silent longest. Tokens are
 * counted in millionths, so that refilling is integer arithmetic.
 * Locks: one mutex per stripe of sets; held for a few comparisons. */
#include "http/http_int.h"

#include <stdlib.h>
#include <string.h>

#define WAYS         8
#define SETS         2048
#define STRIPES      16
#define TOKEN        INT64_C(1000000)
#define REFILL_MAX_S 3600

struct bucket {
    uint64_t key; /* 0: free */
    int64_t tokens;
    int64_t at_us;
};

struct http_limiter {
    pthread_mutex_t locks[STRIPES];
    struct bucket buckets[SETS][WAYS];
};

struct http_limiter *limiter_create(void)
{
    struct http_limiter *limiter = calloc(1, sizeof(*limiter));

    BUG_IF(limiter == NULL);
    for (size_t i = 0; i < STRIPES; i++) {
        BUG_IF(pthread_mutex_init(&limiter->locks[i], NULL) != 0);
    }
    return limiter;
}

void limiter_free(struct http_limiter *limiter)
{
    if (limiter == NULL) {
        return;
    }
    for (size_t i = 0; i < STRIPES; i++) {
        pthread_mutex_destroy(&limiter->locks[i]);
    }
    free(limiter);
}

static uint64_t mix(uint64_t key)
{
    key ^= key >> 33;
    key *= 0xff51afd7ed558ccdu;
    key ^= key >> 33;
    key *= 0xc4ceb9fe1a85ec53u;
    return key ^ (key >> 33);
}

static struct bucket *bucket_of(struct bucket *set, uint64_t key, int64_t full, int64_t now_us)
{
    struct bucket *oldest = &set[0];

    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) {
            return &set[i];
        }
        if (set[i].at_us < oldest->at_us) {
            oldest = &set[i];
        }
    }
    *oldest = (struct bucket){.key = key, .tokens = full, .at_us = now_us};
    return oldest;
}

void limiter_take(struct http_limiter *limiter, uint64_t key, struct http_rate rate, uint32_t cost,
                  int64_t now_us, struct http_rate_state *ret)
{
    uint64_t set = mix(key == 0 ? 1 : key) % SETS;
    pthread_mutex_t *lock = &limiter->locks[set % STRIPES];
    int64_t full = (int64_t)rate.burst * TOKEN, want = (int64_t)cost * TOKEN, elapsed_us;
    struct bucket *bucket;

    BUG_IF(rate.per_second == 0);
    pthread_mutex_lock(lock);
    bucket = bucket_of(limiter->buckets[set], key == 0 ? 1 : key, full, now_us);
    elapsed_us = now_us - bucket->at_us;
    if (elapsed_us > REFILL_MAX_S * INT64_C(1000000)) {
        bucket->tokens = full;
        bucket->at_us = now_us;
    } else if (elapsed_us > 0) {
        /* Micro-tokens a microsecond = tokens a second. */
        bucket->tokens += elapsed_us * rate.per_second;
        bucket->at_us = now_us;
    }
    bucket->tokens = bucket->tokens > full ? full : bucket->tokens;
    ret->allowed = bucket->tokens >= want;
    if (ret->allowed) {
        bucket->tokens -= want;
        ret->retry_after_s = 0;
    } else {
        int64_t missing = want - bucket->tokens, per_second = rate.per_second * TOKEN;

        ret->retry_after_s = (uint32_t)((missing + per_second - 1) / per_second);
    }
    ret->remaining = (uint32_t)(bucket->tokens / TOKEN);
    ret->reset_s = (uint32_t)((full - bucket->tokens + rate.per_second * TOKEN - 1) /
                              (rate.per_second * TOKEN));
    pthread_mutex_unlock(lock);
}
