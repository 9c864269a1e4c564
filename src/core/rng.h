/* rng.h — random numbers: rng_secure() for keys and salts (getrandom); struct rng for simulation
 * and load, seeded and reproducible (xoshiro256**, seeded by splitmix64). Never use the latter for
 * secrets. */
#ifndef JN_CORE_RNG_H
#define JN_CORE_RNG_H

#include "core/base.h"

void rng_secure(void *ret, size_t bytes);

struct rng {
    uint64_t s[4];
};
void rng_init(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
/* Uniform in [0, bound), bound > 0, without modulo bias. */
uint64_t rng_below(struct rng *rng, uint64_t bound);
/* True with probability numerator/denominator. */
bool rng_chance(struct rng *rng, uint32_t numerator, uint32_t denominator);

#endif
