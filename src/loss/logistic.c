/* Logistic loss l = log(1 + exp(-m)), m = y z (Cox 1958).
 * With p = 1 / (1 + exp(m)): l' = -y p, l'' = p (1 - p) <= 1/4. With b = -a y in [0, 1]: l* = b log b + (1 - b) log(1 - b). */
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

/* exp is only taken of -|m|, so nothing overflows and no digits are lost for large |m|. */
ERM_KERNEL static double eval(double param, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double m = y[t] * z[t];
        const double e = erm__exp_of_negative(-fabs(m));
        double inverse;
        const double loss = 0.5 * (fabs(m) - m) + erm__log1p_of_unit(e, &inverse);
        const double numerator = erm__choose(m > 0, e, 1);
        sum += s[t] * loss;
        d[t] = -(s[t] * y[t]) * (numerator * inverse);
        h[t] = s[t] * (e * inverse * inverse);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)self;
    (void)k;
    return 0.25;
}

ERM_KERNEL static double conjugate(double param, int64_t n, const double *a, const double *y, const double *s)
{
    (void)param;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double b = -a[t] * y[t];
        const double inside = erm__xlogx(b) + erm__xlogx_of_rest(b);
        const double value = erm__choose((b >= 0) & (b <= 1), inside, INFINITY);
        sum += erm__choose(s[t] > 0, s[t] * value, 0);
    }
    return sum;
}

/* P(y = +1) = 1 / (1 + exp(-z)) */
ERM_KERNEL static void mean(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean)
{
    (void)self;
    (void)k;
    ERM_SIMD
    for (int64_t t = 0; t < n; t++) {
        const double e = erm__exp_of_negative(-fabs(Z[t]));
        const double numerator = erm__choose(Z[t] < 0, e, 1);
        mean[t] = numerator / (1 + e);
    }
}

/* With tau = y z' at the maximiser, b = 1 / (1 + exp(tau)) and tau = y (z + q a) + q b (Yu, Huang and Lin 2011 solve for b): a
 * rising function of tau whose slope is between 1 and 1 + q/4, so Newton's method from the present margin is safe once it is
 * kept between y (z + q a) and q more. */
static void dual_step(const erm_loss *self, int64_t k, const double *y, double q, const double *z, double *a)
{
    (void)self;
    (void)k;
    enum { MOST_STEPS = 50 };
    const double most_bend = 0.0963; /* |b''| <= 1 / (6 sqrt 3) */
    const double from = *y * (*z + q * *a);
    double low = from, high = from + q, tau = *y * *z;
    for (int step = 0; step < MOST_STEPS; step++) {
        const double e = erm__exp_of_negative(-fabs(tau));
        const double p = 1 / (1 + e);
        const double b = tau > 0 ? e * p : p;
        const double f = tau - from - q * b;
        *(f > 0 ? &high : &low) = tau;
        double next = tau - f / (1 + q * (e * p) * p);
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        const double move = fabs(next - tau);
        tau = next;
        if (0.5 * most_bend * q * move * move <= 1e-15 * (1 + fabs(tau))) break; /* what is left, as f' >= 1 */
    }
    const double e = erm__exp_of_negative(-fabs(tau));
    *a = -*y * (tau > 0 ? e : 1) / (1 + e);
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "logistic",
            .labels = "-1 or +1",
            .differentiable = true,
            .classifies = true,
            .eval = erm__eval_blocks,
            .curvature = curvature,
            .label_ok = erm__label_is_sign,
            .conjugate = erm__conjugate_blocks,
            .dual_step = dual_step,
            .mean = mean,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_logistic(void) { return (erm_loss){.ops = &ops.ops}; }
