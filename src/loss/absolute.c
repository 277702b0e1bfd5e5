/* Absolute loss l = |z - y|, of least absolute deviations (Boscovich 1757; Laplace 1793).
 * l' = sign(z - y), 0 at the kink. For |a| <= 1: l* = a y. */
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
        const double r = z[t] - y[t];
        sum += s[t] * fabs(r);
        d[t] = erm__choose(r > 0, s[t], 0) - erm__choose(r < 0, s[t], 0);
        h[t] = 0;
    }
    return sum;
}

ERM_KERNEL static double conjugate(double param, int64_t n, const double *a, const double *y, const double *s)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double value = erm__choose(fabs(a[t]) <= 1, a[t] * y[t], INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    (void)self;
    *form = (erm_dual_form){.low = -1, .high = 1, .at = y};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "absolute",
            .labels = "any finite number",
            .eval = erm__eval_blocks,
            .curvature = erm__curvature_none,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_absolute(void) { return (erm_loss){.ops = &ops.ops}; }
