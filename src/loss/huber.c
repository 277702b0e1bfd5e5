/* Huber's loss (Huber 1964, "Robust estimation of a location parameter"): with r = z - y and c = r clipped to [-delta, delta],
 * l = c (r - c / 2), l' = c, l'' = 1 where |r| <= delta, else 0. For |a| <= delta: l* = a^2 / 2 + a y. */
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double delta, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double r = z[t] - y[t];
        const double above = erm__choose(r < -delta, -delta, r);
        const double c = erm__choose(above > delta, delta, above);
        sum += s[t] * (c * (r - 0.5 * c));
        d[t] = s[t] * c;
        h[t] = erm__choose(c == r, s[t], 0);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)k;
    return self->param > 0 && self->param < INFINITY ? 1 : NAN;
}

ERM_KERNEL static double conjugate(double delta, int64_t n, const double *a, const double *y, const double *s)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double inside = a[t] * (0.5 * a[t] + y[t]);
        const double value = erm__choose(fabs(a[t]) <= delta, inside, INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    *form = (erm_dual_form){.low = -self->param, .high = self->param, .at = y, .curve = 1};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "huber",
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

erm_loss erm_loss_huber(double delta) { return (erm_loss){.ops = &ops.ops, .param = delta}; }
