/* Squared loss l = (z - y)^2 / 2, l* = a^2 / 2 + a y. Gauss (1809), least squares. */
#include <math.h>

#include "base/simd.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double param, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double r = z[t] - y[t];
        sum += s[t] * (0.5 * r * r);
        d[t] = s[t] * r;
        h[t] = s[t];
    }
    return sum;
}

ERM_KERNEL static double conjugate(double param, int64_t n, const double *a, const double *y, const double *s)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) sum += s[t] * (a[t] * (0.5 * a[t] + y[t]));
    return sum;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    (void)self;
    *form = (erm_dual_form){.low = -INFINITY, .high = INFINITY, .at = y, .curve = 1};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "squared",
            .labels = "any finite number",
            .differentiable = true,
            .eval = erm__eval_blocks,
            .curvature = erm__curvature_one,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_squared(void) { return (erm_loss){.ops = &ops.ops}; }
