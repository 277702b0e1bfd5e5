/* Gamma loss with log link l = y exp(-z) + z, half the deviance but for a constant (Nelder and Wedderburn 1972).
 * l' = 1 - y exp(-z), l'' = y exp(-z), without bound. With q = 1 - a >= 0: l* = q log(q / y) - q. */
#include <float.h>
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double param, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double e = y[t] * erm__exp(-z[t]);
        /* weight 0 silences an overflow, too */
        sum += erm__choose(s[t] > 0, s[t] * (e + z[t]), 0);
        d[t] = erm__choose(s[t] > 0, s[t] * (1 - e), 0);
        h[t] = erm__choose(s[t] > 0, s[t] * e, 0);
    }
    return sum;
}

ERM_KERNEL static double conjugate(double param, int64_t n, const double *a, const double *y, const double *s)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double q = 1 - a[t];
        const double value = erm__choose(q >= 0, erm__xlogx(q) - q * (1 + erm__log(y[t])), INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static bool label_ok(const erm_loss *self, int64_t k, double y)
{
    (void)self;
    (void)k;
    return y >= DBL_MIN && y < INFINITY; /* erm__log wants a normal number */
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "gamma",
            .labels = "a number > 0",
            .differentiable = true,
            .eval = erm__eval_blocks,
            .curvature = erm__curvature_none,
            .label_ok = label_ok,
            .conjugate = erm__conjugate_blocks,
            .mean = erm__mean_exp,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_gamma(void) { return (erm_loss){.ops = &ops.ops}; }
