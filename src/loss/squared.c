/* Squared loss l = (z - y)^2 / 2, l* = a^2 / 2 + a y. Gauss (1809), least squares. */
#include "base/simd.h"
#include "loss/blocks.h"

ERM_KERNEL static double block(double param, int64_t n, const double *restrict z, const double *restrict y,
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
    for (int64_t t = 0; t < n; t++) sum += s[t] * (a[t] * (0.5 * a[t] + y[t]));
    return sum;
}

static double conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    (void)k;
    return erm__conjugate_blocks(conjugate_block, self->param, n, A, Y, weight);
}

static const erm_loss_ops ops = {
    .name = "squared",
    .labels = "any finite number",
    .differentiable = true,
    .eval = eval,
    .curvature = curvature,
    .conjugate = conjugate,
};

erm_loss erm_loss_squared(void) { return (erm_loss){.ops = &ops}; }
