/* The loops over the rows of dual coordinate ascent's correction (dual_common.c). */
#include <string.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "solver/dual/dual.h"

/* s (o - l*'(a)) of a row. */
ERM_INLINE double slope_of(const erm__dual_point *at, int64_t i)
{
    const double slope = (at->offset ? at->offset[i] : 0) - at->slope[i];
    return at->weight ? at->weight[i] * slope : slope;
}

/* s l*''(a), which of a row without a weight need not be finite. */
ERM_INLINE double bend_of(const erm__dual_point *at, int64_t i)
{
    return at->weight ? erm__choose(at->weight[i] > 0, at->weight[i] * at->bend[i], 0) : at->bend[i];
}

ERM_KERNEL void erm__dual_sum_rows(const erm__dual_point *at, double *sums)
{
    double g0 = 0, g1 = 0, g2 = 0, b0 = 0, b1 = 0, b2 = 0, s1 = 0, s2 = 0;
#pragma omp simd reduction(+ : g0, g1, g2, b0, b1, b2, s1, s2)
    for (int64_t i = 0; i < at->n; i++) {
        const bool first = at->y[i] > 0;
        const double g = slope_of(at, i), h = bend_of(at, i), move = at->a[i] - at->before[i];
        const double p = erm__choose(first, at->pull[i], 0), q = erm__choose(first, 0, at->pull[i]);
        g0 += g * move;
        g1 += g * p;
        g2 += g * q;
        b0 += h * move * move;
        b1 += h * move * p;
        b2 += h * move * q;
        s1 += h * p * p;
        s2 += h * q * q;
    }
    const double all[] = {g0, g1, g2, b0, b1, b2, b0, s1, s2};
    memcpy(sums, all, sizeof all);
}

ERM_KERNEL void erm__dual_move_rows(const erm__dual_point *at, const double *x, double t, double *move, double *to)
{
    const double x0 = x[0], x1 = x[1], x2 = x[2];
    ERM_SIMD
    for (int64_t i = 0; i < at->n; i++) {
        const double along = x0 * (at->a[i] - at->before[i]) + erm__choose(at->y[i] > 0, x1, x2) * at->pull[i];
        move[i] = along;
        to[i] = at->a[i] + t * along;
    }
}

ERM_KERNEL double erm__dual_slope_of_rows(const erm__dual_point *at, const double *move)
{
    double sum = 0, outside = 0;
#pragma omp simd reduction(+ : sum, outside)
    for (int64_t i = 0; i < at->n; i++) {
        sum += slope_of(at, i) * move[i];
        outside += 0 * bend_of(at, i);
    }
    return sum + outside;
}
