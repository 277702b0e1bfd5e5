/* Squared loss for several targets at once, l = ||z - y||^2 / 2 with y in R^k (multi-task regression: Obozinski et al. 2010).
 * Gradient z - y, Hessian the identity, l* = ||a||^2 / 2 + a'y. */
#include <stddef.h>

#include "base/simd.h"
#include "ermopt/loss.h"

/* One sample: returns l, d = s (z - y) where d is not NULL. */
ERM_KERNEL static double eval_row(int64_t k, const double *z, const double *y, double s, double *d)
{
    double sum = 0;
    if (d) {
        ERM_SIMD
        for (int64_t c = 0; c < k; c++) d[c] = s * (z[c] - y[c]);
    }
    ERM_SIMD_SUM(sum)
    for (int64_t c = 0; c < k; c++) sum += 0.5 * (z[c] - y[c]) * (z[c] - y[c]);
    return sum;
}

static double eval(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight, double *D,
                   double *H)
{
    (void)self;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double s = weight ? weight[t] : 1;
        sum += s * eval_row(k, Z + t * k, Y + t * k, s, D ? D + t * k : NULL);
        if (!H) continue;
        for (int64_t c = 0; c < k; c++) H[t * k + c] = s;
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 1;
}

static double conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    (void)self;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        double row = 0;
        for (int64_t i = t * k; i < (t + 1) * k; i++) row += A[i] * (0.5 * A[i] + Y[i]);
        sum += (weight ? weight[t] : 1) * row;
    }
    return sum;
}

static void hessian(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                    double *out)
{
    (void)self;
    (void)Z;
    (void)Y;
    double total = 0;
    for (int64_t t = 0; t < n; t++) total += weight ? weight[t] : 1;
    for (int64_t c = 0; c < k; c++) out[c * k + c] += total;
}

static void dual_step(const erm_loss *self, int64_t k, const double *y, double q, const double *z, double *a)
{
    (void)self;
    for (int64_t c = 0; c < k; c++) a[c] = (q * a[c] + z[c] - y[c]) / (1 + q);
}

static const erm_loss_ops ops = {
    .name = "multitask-squared",
    .labels = "any finite number for each output",
    .max_outputs = INT64_MAX,
    .target_per_output = true,
    .differentiable = true,
    .eval = eval,
    .curvature = curvature,
    .conjugate = conjugate,
    .dual_step = dual_step,
    .hessian = hessian,
};

erm_loss erm_loss_multitask_squared(void) { return (erm_loss){.ops = &ops}; }
