/* Modified Huber loss (Zhang 2004, "Solving large scale linear prediction problems using stochastic gradient descent
 * algorithms"): l = max(0, 1 - m)^2 for m = y z >= -1, else -4 m. With c = 1 - m clipped to [0, 2]: l = c (2 (1 - m) - c),
 * l' = -2 y c, l'' = 2 for -1 < m < 1, else 0.
 * With b = -a y in [0, 4]: l* = b^2 / 4 - b. P(y = +1) = (1 + z) / 2 clipped to [0, 1]. */
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
        const double above = erm__choose(slack < 0, 0, slack);
        const double c = erm__choose(above > 2, 2, above);
        sum += s[t] * (c * (2 * slack - c));
        d[t] = -(s[t] * y[t]) * (2 * c);
        h[t] = erm__choose((slack > 0) & (slack < 2), 2 * s[t], 0);
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
        const double inside = b * (0.25 * b - 1);
        const double value = erm__choose((b >= 0) & (b <= 4), inside, INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 2;
}

static void mean(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean)
{
    (void)self;
    (void)k;
    for (int64_t t = 0; t < n; t++) mean[t] = Z[t] < -1 ? 0 : Z[t] > 1 ? 1 : 0.5 * (1 + Z[t]);
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    (void)self;
    *form = (erm_dual_form){.low = y > 0 ? -4 : 0, .high = y > 0 ? 0 : 4, .at = y, .curve = 0.5};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "modified-huber",
            .labels = "-1 or +1",
            .differentiable = true,
            .classifies = true,
            .eval = erm__eval_blocks,
            .curvature = curvature,
            .label_ok = erm__label_is_sign,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
            .mean = mean,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_modified_huber(void) { return (erm_loss){.ops = &ops.ops}; }
