/* Tweedie loss with log link and power 1 < p < 2: half the deviance of the compound Poisson-gamma distributions, but for a
 * constant (Tweedie 1984; Jorgensen 1987). With u = 2 - p and v = p - 1, u + v = 1: l = exp(u z) / u + y exp(-v z) / v,
 * l' = exp(u z) - y exp(-v z), l'' = u exp(u z) + v y exp(-v z), without bound.
 * l*(a) = a z - l(z) where l'(z) = a: (a log a - a) / u for y = 0, a >= 0; for y > 0 and any a by Newton's method. */
#include <float.h>
#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "loss/blocks.h"

ERM_KERNEL static double eval(double power, int64_t n, const double *restrict z, const double *restrict y,
                              const double *restrict s, double *restrict d, double *restrict h)
{
    const double u = 2 - power, v = power - 1;
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t t = 0; t < n; t++) {
        const double rise = erm__exp(u * z[t]);
        const double fall = erm__choose(y[t] > 0, y[t] * erm__exp(-v * z[t]), 0); /* not 0 times infinity */
        /* weight 0 silences an overflow, too */
        sum += erm__choose(s[t] > 0, s[t] * (rise / u + fall / v), 0);
        d[t] = erm__choose(s[t] > 0, s[t] * (rise - fall), 0);
        h[t] = erm__choose(s[t] > 0, s[t] * (u * rise + v * fall), 0);
    }
    return sum;
}

/* The z with l'(z) = a, for y > 0. mu = exp(z) solves mu^u - y mu^-v = a. If a >= 0 then mu >= y, so that mu^u <= a + y^u; if
 * a < 0 then mu < y, so that y mu^-v <= |a| + y^u. Newton steps in z that leave this bracket, which shrinks, go to its middle. */
static double solve(double u, double v, double a, double y)
{
    const double log_y = log(y), log_sum = log(fabs(a) + exp(u * log_y));
    double low = a >= 0 ? log_y : (log_y - log_sum) / v;
    double high = a >= 0 ? log_sum / u : log_y;
    double z = a >= 0 ? high : low;
    for (int i = 0; i < 100; i++) {
        const double rise = exp(u * z), fall = y * exp(-v * z);
        const double residual = rise - fall - a;
        if (residual > 0)
            high = z;
        else
            low = z;
        const double newton = z - residual / (u * rise + v * fall);
        const double next = newton > low && newton < high ? newton : 0.5 * (low + high);
        if (fabs(next - z) <= DBL_EPSILON * (1 + fabs(z))) break;
        z = next;
    }
    return z;
}

static double conjugate_one(double power, double a, double y)
{
    const double u = 2 - power, v = power - 1;
    if (y == 0) return a >= 0 ? (erm__xlogx(a) - a) / u : INFINITY;
    const double z = solve(u, v, a, y);
    return a * z - (exp(u * z) / u + y * exp(-v * z) / v);
}

static double conjugate(double power, int64_t n, const double *a, const double *y, const double *s)
{
    double sum = 0;
    for (int64_t t = 0; t < n; t++)
        if (s[t] > 0) sum += s[t] * conjugate_one(power, a[t], y[t]);
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)k;
    return self->param > 1 && self->param < 2 ? INFINITY : NAN;
}

static bool label_ok(const erm_loss *self, int64_t k, double y)
{
    (void)self;
    (void)k;
    return y >= 0 && y < INFINITY;
}

static const erm__block_ops ops = {
    .ops =
        {
            .name = "tweedie",
            .labels = "a number >= 0",
            .differentiable = true,
            .eval = erm__eval_blocks,
            .curvature = curvature,
            .label_ok = label_ok,
            .conjugate = erm__conjugate_blocks,
            .mean = erm__mean_exp,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_tweedie(double power) { return (erm_loss){.ops = &ops.ops, .param = power}; }
