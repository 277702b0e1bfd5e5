/* W as bands of entries that are treated alike: its rows where features differ, else all of it as one long band. */
#ifndef ERM_BANDS_H
#define ERM_BANDS_H

#include <math.h>
#include <stddef.h>

#include "ermopt/regularizer.h"

typedef struct erm__bands {
    int64_t count, width;
    const double *factor;
} erm__bands;

/* by_row: features differ for another reason than their factors. */
static inline erm__bands erm__bands_of(const erm_regularizer *self, erm_shape shape, bool by_row)
{
    if (self->factor || by_row) return (erm__bands){shape.d, shape.k, self->factor};
    return (erm__bands){1, shape.d * shape.k, NULL};
}

static inline double erm__band_factor(const erm__bands *bands, int64_t j) { return bands->factor ? bands->factor[j] : 1; }

static inline bool erm__all_zero(int64_t n, const double *x)
{
    for (int64_t i = 0; i < n; i++)
        if (!(x[i] == 0)) return false;
    return true;
}

static inline double erm__soft(double v, double threshold) { return fabs(v) <= threshold ? 0 : v - copysign(threshold, v); }

static inline double erm__clip(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

/* The conjugate of 0 at the free features: 0, or INFINITY where U is not 0 there. */
static inline double erm__free_conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    for (int64_t j = 0; self->factor && j < shape.d; j++)
        if (self->factor[j] == 0 && !erm__all_zero(shape.k, U + j * shape.k)) return INFINITY;
    return 0;
}

/* The largest t in [0, 1] with t u <= bound in double arithmetic; u, bound >= 0. The quotient rounded down makes the product at
 * most `bound` before rounding, and so after it. */
static inline double erm__scale_into(double u, double bound) { return u <= bound ? 1 : nextafter(bound / u, 0); }

/* 0 if every free feature has U = 0, so that scaling U can help; else no t > 0 makes the conjugate finite: 0. */
static inline double erm__free_dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    return erm__free_conjugate(self, shape, U) == 0 ? 1 : 0;
}

#endif
