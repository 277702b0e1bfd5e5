/* Quantile (pinball) loss of Koenker and Bassett (1978, "Regression quantiles"): l = max(tau (y - z), (1 - tau) (z - y)), 0
 * < tau < 1. l' = 1 - tau above y, -tau below, 0 at the kink. For -tau <= a <= 1 - tau: l* = a y. */
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double tau, int64_t n, const double *restrict z, const double *restrict y, const double *restrict s,
                              double *restrict d, double *restrict h)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double r = z[t] - y[t];
        const double slope = erm__choose(r > 0, 1 - tau, 0) - erm__choose(r < 0, tau, 0);
        sum += s[t] * (slope * r);
        d[t] = s[t] * slope;
        h[t] = 0;
    }
    return sum;
}

ERM_KERNEL static double conjugate(double tau, int64_t n, const double *a, const double *y, const double *s)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const bool inside = (a[t] >= -tau) & (a[t] <= 1 - tau);
        const double value = erm__choose(inside, a[t] * y[t], INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)k;
    return self->param > 0 && self->param < 1 ? INFINITY : NAN;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    *form = (erm_dual_form){.low = -self->param, .high = 1 - self->param, .at = y};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "quantile",
            .labels = "any finite number",
            .eval = erm__eval_blocks,
            .curvature = curvature,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_quantile(double tau) { return (erm_loss){.ops = &ops.ops, .param = tau}; }
