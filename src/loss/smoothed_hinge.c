/* Smoothed hinge loss (Shalev-Shwartz and Zhang 2013, "Stochastic dual coordinate ascent methods"; Rennie 2005 for gamma = 1).
 * With m = y z and c = (1 - m) / gamma clipped to [0, 1]: l = c (1 - m) - gamma c^2 / 2, l' = -y c, l'' = 1 / gamma where
 * 0 < c < 1, else 0.
 * With b = -a y in [0, 1]: l* = gamma b^2 / 2 - b. */
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double gamma, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double slack = 1 - y[t] * z[t];
        const double share = slack / gamma;
        const double above = erm__choose(share < 0, 0, share);
        const double c = erm__choose(above > 1, 1, above);
        sum += s[t] * (c * (slack - 0.5 * gamma * c));
        d[t] = -(s[t] * y[t]) * c;
        h[t] = erm__choose((share > 0) & (share < 1), s[t] / gamma, 0);
    }
    return sum;
}

ERM_KERNEL static double conjugate(double gamma, int64_t n, const double *a, const double *y, const double *s)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double b = -a[t] * y[t];
        const double inside = b * (0.5 * gamma * b - 1);
        const double value = erm__choose((b >= 0) & (b <= 1), inside, INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)k;
    return self->param > 0 && self->param < INFINITY ? 1 / self->param : NAN;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    *form = (erm_dual_form){.low = y > 0 ? -1 : 0, .high = y > 0 ? 0 : 1, .at = y, .curve = self->param};
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "smoothed-hinge",
            .labels = "-1 or +1",
            .differentiable = true,
            .classifies = true,
            .eval = erm__eval_blocks,
            .curvature = curvature,
            .label_ok = erm__label_is_sign,
            .conjugate = erm__conjugate_blocks,
            .dual_form = dual_form,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_smoothed_hinge(double gamma) { return (erm_loss){.ops = &ops.ops, .param = gamma}; }
