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

/* Where Newton's method for the maximiser of a dual step stands: with tau = y z' there, b = 1 / (1 + exp(tau)) and
 * tau = from + q b, from = y (z + q a) (Yu, Huang and Lin 2011 solve for b): a rising function of tau whose slope is between 1
 * and 1 + q/4, so Newton's method from the present margin is safe once it is kept between `from` and q more, and each move is at
 * most half as long as the one before: else it may go to and fro for ever. */
typedef struct search {
    double from, low, high, tau;
    double b, bend;    /* at the tau of the last move but one, and -db/dtau there */
    double move, left; /* of tau; what is left to go at most, INFINITY after a step that was not Newton's */
} search;

static const double MOST_BEND = 0.0963; /* |b''| <= 1 / (6 sqrt 3) */

static search search_at(double y, double q, double z, double a)
{
    const double from = y * (z + q * a);
    return (search){.from = from, .low = from, .high = from + q, .tau = y * z, .move = INFINITY};
}

static void newton_move(search *self, double q)
{
    const double e = erm__exp_of_negative(-fabs(self->tau));
    const double p = 1 / (1 + e);
    self->b = self->tau > 0 ? e * p : p;
    self->bend = (e * p) * p;
    const double f = self->tau - self->from - q * self->b;
    *(f > 0 ? &self->high : &self->low) = self->tau;
    double next = self->tau - f / (1 + q * self->bend);
    const bool inside = next > self->low && next < self->high && fabs(next - self->tau) <= 0.5 * fabs(self->move);
    if (!inside) next = 0.5 * (self->low + self->high);
    self->move = next - self->tau;
    self->left = inside ? 0.5 * MOST_BEND * q * self->move * self->move : INFINITY; /* as f' >= 1 */
    self->tau = next;
}

static void dual_step(const erm_loss *self, int64_t k, const double *y, double q, const double *z, double *a)
{
    (void)self;
    (void)k;
    enum { MOST_STEPS = 50 };
    search at = search_at(*y, q, *z, *a);
    for (int step = 0; step < MOST_STEPS; step++) {
        newton_move(&at, q);
        if (at.left <= 1e-15 * (1 + fabs(at.tau)) || at.move == 0) break;
    }
    const double e = erm__exp_of_negative(-fabs(at.tau));
    *a = -*y * (at.tau > 0 ? e : 1) / (1 + e);
}

/* b by the line that gave the last move, which is as far off as tau. */
static double search_near(double y, double q, double z, double a)
{
    enum { MOST_STEPS = 50 };
    search at = search_at(y, q, z, a);
    for (int step = 0; step < MOST_STEPS; step++) {
        newton_move(&at, q);
        if (at.left <= 0.01 * fabs(at.tau - y * z) || at.move == 0) break;
    }
    const double b = at.b - at.bend * at.move;
    return -y * (b < 0 ? 0 : b > 1 ? 1 : b);
}

/* Mostly one Newton step from the present margin is near enough, and b along its line: with e = exp(-|tau|), u = 1 + e, one
 * exponential and two divisions that do not wait for one another. */
static double dual_near(const erm_loss *self, double y, double q, double z, double a)
{
    (void)self;
    const double tau = y * z, e = erm__exp_of_negative(-fabs(tau)), u = 1 + e, scale = 1 / (u * u + q * e);
    const double excess = erm__choose(tau > 0, e, 1) / u + y * a, move = q * excess * (u * u) * scale;
    if (0.5 * MOST_BEND * q * fabs(move) > 0.01) return search_near(y, q, z, a);
    const double b = excess - y * a - q * excess * e * scale;
    return -y * (b < 0 ? 0 : b > 1 ? 1 : b);
}

/* In b, l*' = log(b / (1 - b)) and l*'' = 1 / (b (1 - b)). */
ERM_KERNEL static void conjugate_slopes(const erm_loss *self, int64_t n, const double *a, const double *y, double *slope,
                                        double *bend)
{
    (void)self;
    ERM_SIMD
    for (int64_t t = 0; t < n; t++) {
        const double b = -a[t] * y[t], rest = 1 - b;
        const bool inside = (b >= DBL_MIN) & (rest >= DBL_MIN);
        const double safe = erm__choose(inside, b, 0.5), safe_rest = erm__choose(inside, rest, 0.5);
        slope[t] = y[t] * (erm__log(safe_rest) - erm__log(safe));
        bend[t] = erm__choose(inside, 1 / (safe * safe_rest), INFINITY);
    }
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
            .dual_near = dual_near,
            .conjugate_slopes = conjugate_slopes,
            .mean = mean,
        },
    .eval = eval,
    .conjugate = conjugate,
};

erm_loss erm_loss_logistic(void) { return (erm_loss){.ops = &ops.ops}; }
