/* A seeded random number generator without global state: the same seed gives the same numbers on every machine.
 * xoshiro256** 1.0, seeded by splitmix64 (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"). */
#ifndef ERMOPT_RNG_H
#define ERMOPT_RNG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_rng {
    uint64_t state[4];
} erm_rng;

erm_rng erm_rng_seed(uint64_t seed);
uint64_t erm_rng_next(erm_rng *rng);                          /* uniform on 0 .. 2^64 - 1 */
uint64_t erm_rng_below(erm_rng *rng, uint64_t bound);         /* uniform on 0 .. bound - 1, without bias; bound >= 1 */
double erm_rng_uniform(erm_rng *rng);                         /* uniform on [0, 1) */
double erm_rng_normal(erm_rng *rng);                          /* standard normal */
void erm_rng_shuffle(erm_rng *rng, int64_t n, int64_t *list); /* Fisher-Yates */

#ifdef __cplusplus
}
#endif

#endif
