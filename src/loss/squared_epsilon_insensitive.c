/* Squared epsilon-insensitive loss l = max(0, |r| - epsilon)^2 / 2, r = z - y (L2-loss support vector regression: Ho and Lin
 * 2012). l' = sign(r) max(0, |r| - epsilon), l'' = 1 where |r| > epsilon, else 0. l* = a^2 / 2 + a
 * y + epsilon |a| for every a. */
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double epsilon, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double r = z[t] - y[t];
        const double excess = fabs(r) - epsilon;
        const double active = erm__choose(excess <= 0, 0, s[t]); /* NaN stays NaN */
        sum += active * (0.5 * excess * excess);
        d[t] = copysign(active * excess, r);
        h[t] = active;
    }
    return sum;
}

ERM_KERNEL static double conjugate(double epsilon, int64_t n, const double *a, const double *y, const double *s)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double value = a[t] * (0.5 * a[t] + y[t]) + epsilon * fabs(a[t]);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)k;
    return self->param >= 0 && self->param < INFINITY ? 1 : NAN;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    *form = (erm_dual_form){.low = -INFINITY, .high = INFINITY, .at = y, .curve = 1, .flat = self->param};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "squared-epsilon-insensitive",
            .labels = "any finite number",
            .differentiable = true,
            .eval = erm__eval_blocks,
            .curvature = curvature,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_squared_epsilon_insensitive(double epsilon) { return (erm_loss){.ops = &ops.ops, .param = epsilon}; }
