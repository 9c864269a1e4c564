/* rng.c — see rng.h. xoshiro256** 1.0 and splitmix64 after Blackman and Vigna's description
 * (prng.di.unimi.it); bounded numbers by Lemire's multiply-and-reject. */
#include "core/rng.h"

#include <errno.h>
#include <sys/random.h>

void rng_secure(void *ret, size_t bytes)
{
    uint8_t *at = ret;
    while (bytes > 0) {
        ssize_t got = getrandom(at, bytes, 0);
        if (got < 0) {
            BUG_IF(errno != EINTR); /* without randomness there are no secrets */
            continue;
        }
        at += got;
        bytes -= (size_t)got;
    }
}

static uint64_t splitmix(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void rng_init(struct rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < ARRAY_COUNT(rng->s); i++) {
        rng->s[i] = splitmix(&seed);
    }
}

static uint64_t rotate_left(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    BUG_IF(bound == 0);
    uint64_t rejected_below = -bound % bound; /* 2^64 mod bound: where the first copy is short */
    for (;;) {
        unsigned __int128 product = (unsigned __int128)rng_next(rng) * bound;
        if ((uint64_t)product >= rejected_below) {
            return (uint64_t)(product >> 64);
        }
    }
}

bool rng_chance(struct rng *rng, uint32_t numerator, uint32_t denominator)
{
    BUG_IF(denominator == 0 || numerator > denominator);
    return rng_below(rng, denominator) < numerator;
}
