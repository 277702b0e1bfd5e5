/* Squared hinge loss l = max(0, 1 - m)^2 / 2, m = y z (L2-loss SVM: Mangasarian 2002; Keerthi and DeCoste 2005).
 * l' = -y max(0, 1 - m), l'' = 1 if m < 1, else 0. With b = -a y >= 0: l* = b^2 / 2 - b. */
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
        const double slack = 1 - y[t] * z[t];
        const double active = erm__choose(slack <= 0, 0, s[t]); /* NaN stays NaN */
        sum += active * (0.5 * slack * slack);
        d[t] = -(active * slack) * y[t];
        h[t] = active;
    }
    return sum;
}

ERM_KERNEL static double conjugate(double param, int64_t n, const double *a, const double *y, const double *s)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double b = -a[t] * y[t];
        const double inside = b * (0.5 * b - 1);
        const double value = erm__choose(b >= 0, inside, INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    (void)self;
    *form = (erm_dual_form){.low = y > 0 ? -INFINITY : 0, .high = y > 0 ? 0 : INFINITY, .at = y, .curve = 1};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "squared-hinge",
            .labels = "-1 or +1",
            .differentiable = true,
            .classifies = true,
            .eval = erm__eval_blocks,
            .curvature = erm__curvature_one,
            .label_ok = erm__label_is_sign,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_squared_hinge(void) { return (erm_loss){.ops = &ops.ops}; }
