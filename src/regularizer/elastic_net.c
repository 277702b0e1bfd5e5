/* The elastic net and its cases: none, L1, L2.
 *
 *     R(W) = sum_j f_j sum_c (l1 |W_jc| + l2/2 W_jc^2),      f the penalty factors
 *     prox:      soft(v, t l1 f) / (1 + t l2 f),  soft(v, a) = sign(v) max(|v| - a, 0)
 *     conjugate: sum max(|u| - l1 f, 0)^2 / (2 l2 f); for l2 f = 0 the indicator of |u| <= l1 f
 *
 * Zou and Hastie (2005), "Regularization and variable selection via the elastic net". Just-in-time updates in closed form:
 * Duchi and Singer (2009), "Efficient online and batch learning using forward backward splitting", section 6. */
#include <float.h>

#include "base/simd.h"
#include "regularizer/bands.h"

static inline double soft(double v, double threshold) { return fabs(v) <= threshold ? 0 : v - copysign(threshold, v); }

/* (l2 w) w, in this order, overflows only where the product itself does. */
ERM_KERNEL static double band_value(int64_t n, double l1, double l2, const double *w)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) sum += l1 * fabs(w[i]) + 0.5 * (l2 * w[i]) * w[i];
    return sum;
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double sum = 0;
    for (int64_t j = 0; j < bands.count; j++) {
        const double f = erm__band_factor(&bands, j);
        if (f != 0) sum += f * band_value(bands.width, self->param[0], self->param[1], W + j * bands.width);
    }
    return sum;
}

ERM_KERNEL static void band_prox(int64_t n, double threshold, double shrink, const double *v, double *w)
{
    for (int64_t i = 0; i < n; i++) w[i] = soft(v[i], threshold) / shrink;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, metric != NULL);
    for (int64_t j = 0; j < bands.count; j++) {
        const double t = step * (metric ? metric[j] : 1) * erm__band_factor(&bands, j);
        const double threshold = t * self->param[0], shrink = 1 + t * self->param[1];
        const int64_t at = j * bands.width;
        if (bands.width == 1)
            W[j] = soft(V[j], threshold) / shrink;
        else
            band_prox(bands.width, threshold, shrink, V + at, W + at);
    }
}

ERM_KERNEL static double band_conjugate(int64_t n, double l1, double l2, const double *u)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) {
        const double excess = soft(u[i], l1);
        sum += 0.5 * (excess / l2) * excess;
    }
    return sum;
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double sum = 0;
    for (int64_t j = 0; j < bands.count; j++) {
        const double f = erm__band_factor(&bands, j), l1 = f * self->param[0], l2 = f * self->param[1];
        const double *u = U + j * bands.width;
        if (l2 > 0) sum += band_conjugate(bands.width, l1, l2, u);
        for (int64_t i = 0; l2 == 0 && i < bands.width; i++)
            if (!(fabs(u[i]) <= l1)) return INFINITY;
    }
    return sum;
}

static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double scale = 1;
    for (int64_t j = 0; j < bands.count; j++) {
        const double f = erm__band_factor(&bands, j);
        if (f * self->param[1] > 0) continue;
        double largest = 0;
        for (int64_t i = 0; i < bands.width; i++) largest = fmax(largest, fabs(U[j * bands.width + i]));
        scale = fmin(scale, erm__scale_into(largest, f * self->param[0]));
    }
    return scale;
}

static void grad(const erm_regularizer *self, erm_shape shape, const double *W, double *G)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    for (int64_t j = 0; j < bands.count; j++) {
        const double l2 = erm__band_factor(&bands, j) * self->param[1];
        const int64_t end = (j + 1) * bands.width;
        for (int64_t i = j * bands.width; l2 != 0 && i < end; i++) G[i] += l2 * W[i];
    }
}

static double curvature(const erm_regularizer *self, int64_t d)
{
    double largest = self->factor ? 0 : 1;
    for (int64_t j = 0; self->factor && j < d; j++) largest = fmax(largest, self->factor[j]);
    return largest * self->param[1];
}

static double modulus(const erm_regularizer *self, int64_t d)
{
    double smallest = self->factor ? INFINITY : 1;
    for (int64_t j = 0; self->factor && j < d; j++) smallest = fmin(smallest, self->factor[j]);
    return smallest * self->param[1];
}

/* ---- count steps w -> soft(w - move, threshold) / (1 + x) at once ---- */

/* The constants of one feature. */
typedef struct walk {
    double threshold, x;
    double rate; /* log(1 + x) */
} walk;

static walk walk_of(double t, double l1, double l2)
{
    const double x = t * l2 >= DBL_MIN ? t * l2 : 0;
    return (walk){t * l1, x, log1p(x)};
}

/* n steps w -> (w - move) / (1 + x):  w a^n - move (a + ... + a^n),  a = 1 / (1 + x),  a + ... + a^n = (1 - a^n) / x. */
static double affine(const walk *feature, double w, double move, double n)
{
    if (feature->x == 0) return w - move * n;
    const double e = expm1(-n * feature->rate); /* a^n - 1 */
    const double power = e < -0.5 ? exp(-n * feature->rate) : 1 + e;
    return w * power - move * (-e / feature->x);
}

/* How many steps u -> (u - move) / (1 + x) keep u > 0, about: the n with u a^n = move (1 - a^n) / x. u, move > 0. */
static double steps_to_zero(const walk *feature, double u, double move)
{
    if (feature->x == 0) return u / move;
    const double ratio = u / move * feature->x;
    return (ratio < DBL_MAX ? log1p(ratio) : log(u) + log(feature->x) - log(move)) / feature->rate;
}

/* While w keeps its sign the map is affine. It is monotone, so w moves one way only and passes at most from one sign
 * through 0 to the other; near a change of sign single exact steps decide. */
static double advance_entry(const walk *feature, double w, double move, int64_t count)
{
    enum { FEW = 8 }; /* single steps are cheaper than exp and log */
    if (feature->threshold == 0 && count > FEW) return affine(feature, w, move, (double)count);
    while (count > 0 && isfinite(w)) {
        int64_t steps = 1;
        if (w == 0 && fabs(move) <= feature->threshold) return 0;
        if (w != 0 && count > FEW) {
            const double down = feature->threshold + (w > 0 ? move : -move);
            const double end = affine(feature, fabs(w), down, (double)count);
            if (!(down > 0) || !(end <= 0)) return copysign(end, w); /* also where one is NaN */
            const double safe = steps_to_zero(feature, fabs(w), down) - 1;
            steps = safe < 2 ? 1 : safe < (double)count ? (int64_t)safe : count;
            if (steps > 1) w = copysign(fmax(affine(feature, fabs(w), down, (double)steps), 0), w);
        }
        if (steps == 1) w = soft(w - move, feature->threshold) / (1 + feature->x);
        count -= steps;
    }
    return w;
}

static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, const double *metric, const double *drift, double *W)
{
    walk feature = walk_of(step, self->param[0], self->param[1]);
    const bool alike = !metric && !self->factor;
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        const double step_j = step * (metric ? metric[j] : 1);
        if (!alike) feature = walk_of(step_j * (self->factor ? self->factor[j] : 1), self->param[0], self->param[1]);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            W[i] = advance_entry(&feature, W[i], drift ? step_j * drift[i] : 0, times);
    }
}

static const erm_regularizer_ops none_ops = {
    .name = "none",
    .separable = true,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .grad = grad,
    .curvature = curvature,
    .advance = advance,
};

static const erm_regularizer_ops l1_ops = {
    .name = "l1",
    .separable = true,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .advance = advance,
};

static const erm_regularizer_ops l2_ops = {
    .name = "l2",
    .separable = true,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .grad = grad,
    .curvature = curvature,
    .modulus = modulus,
    .advance = advance,
};

static const erm_regularizer_ops elastic_net_ops = {
    .name = "elastic-net",
    .separable = true,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .modulus = modulus,
    .advance = advance,
};

erm_regularizer erm_none(void) { return (erm_regularizer){.ops = &none_ops}; }
erm_regularizer erm_l1(double l1) { return (erm_regularizer){.ops = &l1_ops, .param = {l1, 0}}; }
erm_regularizer erm_l2(double l2) { return (erm_regularizer){.ops = &l2_ops, .param = {0, l2}}; }
erm_regularizer erm_elastic_net(double l1, double l2) { return (erm_regularizer){.ops = &elastic_net_ops, .param = {l1, l2}}; }
