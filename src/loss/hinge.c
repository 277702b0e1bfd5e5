/* Hinge loss l = max(0, 1 - m), m = y z, of support vector machines (Cortes and Vapnik 1995).
 * l' = -y if m < 1, else 0. With b = -a y in [0, 1]: l* = -b. */
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
        sum += active * slack;
        d[t] = -active * y[t];
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
        const double b = -a[t] * y[t];
        const double value = erm__choose((b >= 0) & (b <= 1), -b, INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    (void)self;
    *form = (erm_dual_form){.low = y > 0 ? -1 : 0, .high = y > 0 ? 0 : 1, .at = y};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "hinge",
            .labels = "-1 or +1",
            .classifies = true,
            .eval = erm__eval_blocks,
            .curvature = erm__curvature_none,
            .label_ok = erm__label_is_sign,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_hinge(void) { return (erm_loss){.ops = &ops.ops}; }
