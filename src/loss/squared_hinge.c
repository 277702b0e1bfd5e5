/* Squared hinge loss l = max(0, 1 - m)^2 / 2, m = y z (L2-loss SVM: Mangasarian 2002; Keerthi and DeCoste 2005).
 * l' = -y max(0, 1 - m), l'' = 1 if m < 1, else 0. With b = -a y >= 0: l* = b^2 / 2 - b. */
#include <math.h>

#include "base/simd.h"
#include "loss/blocks.h"

ERM_KERNEL static double block(double param, int64_t n, const double *restrict z, const double *restrict y,
                               const double *restrict s, double *restrict d, double *restrict h)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double slack = 1 - y[t] * z[t];
        const double active = slack > 0 ? s[t] : 0;
        sum += active * (0.5 * slack * slack);
        d[t] = -(active * slack) * y[t];
        h[t] = active;
    }
    return sum;
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)k;
    return erm__loss_blocks(block, self->param, n, Z, Y, weight, D, H);
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 1;
}

ERM_KERNEL static double conjugate_block(double param, int64_t n, const double *a, const double *y, const double *s)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double b = -a[t] * y[t];
        const double inside = b * (0.5 * b - 1);
        const double value = b >= 0 ? inside : INFINITY;
        sum += s[t] > 0 ? s[t] * value : 0;
    }
    return sum;
}

static double conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    (void)k;
    return erm__conjugate_blocks(conjugate_block, self->param, n, A, Y, weight);
}

static const erm_loss_ops ops = {
    .name = "squared-hinge",
    .labels = "-1 or +1",
    .differentiable = true,
    .classifies = true,
    .eval = eval,
    .curvature = curvature,
    .label_ok = erm__label_is_sign,
    .conjugate = conjugate,
};

erm_loss erm_loss_squared_hinge(void) { return (erm_loss){.ops = &ops}; }
