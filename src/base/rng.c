/* The random numbers: xoshiro256** 1.0 seeded by splitmix64.
 * Blackman and Vigna (2021), "Scrambled linear pseudorandom number generators", ACM TOMS 47(4). */
#include "ermopt/rng.h"

#include <math.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

erm_rng erm_rng_seed(uint64_t seed)
{
    erm_rng rng;
    for (int i = 0; i < 4; i++) rng.state[i] = splitmix64(&seed);
    return rng;
}

uint64_t erm_rng_next(erm_rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* Rejects the few values that would make the remainder uneven. */
uint64_t erm_rng_below(erm_rng *rng, uint64_t bound)
{
    const uint64_t excess = (UINT64_MAX % bound + 1) % bound;
    uint64_t x;
    do x = erm_rng_next(rng);
    while (x > UINT64_MAX - excess);
    return x % bound;
}

double erm_rng_uniform(erm_rng *rng) { return (double)(erm_rng_next(rng) >> 11) * 0x1p-53; }

/* Box and Muller (1958); 1 - u is in (0, 1], so that the logarithm is finite. */
double erm_rng_normal(erm_rng *rng)
{
    const double radius = sqrt(-2 * log(1 - erm_rng_uniform(rng)));
    return radius * cos(6.283185307179586477 * erm_rng_uniform(rng));
}

void erm_rng_shuffle(erm_rng *rng, int64_t n, int64_t *list)
{
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t j = (int64_t)erm_rng_below(rng, (uint64_t)i + 1);
        const int64_t swapped = list[i];
        list[i] = list[j];
        list[j] = swapped;
    }
}
