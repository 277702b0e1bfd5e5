/* The elastic net and its cases: none, L1, L2.
 *
 *     R(W) = sum_j f_j sum_c (l1 |W_jc| + l2/2 W_jc^2),      f the penalty factors
 *     prox:      soft(v, t l1 f) / (1 + t l2 f),  soft(v, a) = sign(v) max(|v| - a, 0)
 *     conjugate: sum max(|u| - l1 f, 0)^2 / (2 l2 f); for l2 f = 0 the indicator of |u| <= l1 f
 *
 * Zou and Hastie (2005), "Regularization and variable selection via the elastic net". */
#include "base/simd.h"
#include "regularizer/directions.h"
#include "regularizer/parameter.h"
#include "regularizer/recursion.h"

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
    for (int64_t i = 0; i < n; i++) w[i] = erm__soft(v[i], threshold) / shrink;
}

/* One output, every feature with a step of its own. */
ERM_KERNEL static void column_prox(int64_t d, double step, const double *metric, const double *param, const double *v, double *w)
{
    const double l1 = param[0], l2 = param[1];
    for (int64_t j = 0; j < d; j++) w[j] = erm__soft(v[j], step * metric[j] * l1) / (1 + step * metric[j] * l2);
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    if (shape.k == 1 && metric && !self->factor) {
        column_prox(shape.d, step, metric, self->param, V, W);
        return;
    }
    const erm__bands bands = erm__bands_of(self, shape, metric != NULL);
    for (int64_t j = 0; j < bands.count; j++) {
        const double t = step * (metric ? metric[j] : 1) * erm__band_factor(&bands, j);
        const double threshold = t * self->param[0], shrink = 1 + t * self->param[1];
        const int64_t at = j * bands.width;
        if (bands.width == 1)
            W[j] = erm__soft(V[j], threshold) / shrink;
        else
            band_prox(bands.width, threshold, shrink, V + at, W + at);
    }
}

ERM_KERNEL static double band_conjugate(int64_t n, double l1, double l2, const double *u)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) {
        const double excess = erm__soft(u[i], l1);
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
        for (int64_t i = 0; i < bands.width; i++) {
            const double size = fabs(U[j * bands.width + i]);
            largest = size > largest ? size : largest;
        }
        if (largest > f * self->param[0]) scale = fmin(scale, erm__scale_into(largest, f * self->param[0]));
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

static void hessian(const erm_regularizer *self, erm_shape shape, const double *W, double *H)
{
    (void)W;
    const erm__bands bands = erm__bands_of(self, shape, false);
    for (int64_t j = 0; j < bands.count; j++)
        for (int64_t i = j * bands.width; i < (j + 1) * bands.width; i++) H[i] += erm__band_factor(&bands, j) * self->param[1];
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

static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W)
{
    erm__recursion feature = erm__recursion_of(step, self->param[0], self->param[1], pull);
    const bool alike = !metric && !self->factor;
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        const double step_j = step * (metric ? metric[j] : 1);
        const double t_j = step_j * (self->factor ? self->factor[j] : 1);
        if (!alike) feature = erm__recursion_of(t_j, self->param[0], self->param[1], pull);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            W[i] = erm__recursion_run(&feature, W[i], drift ? step_j * drift[i] : 0, times);
    }
}

/* Of the lasso: the entries that are not 0. */
static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    erm__directions found = {0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const double f = self->factor ? self->factor[i / shape.k] : 1;
        erm__move_alone(&found, i, W[i] != 0 || f * self->param[0] == 0);
    }
    return found.count;
}

static void hessian_mul(const erm_regularizer *self, erm_shape shape, const double *W, const double *V, double *out)
{
    (void)W;
    for (int64_t i = 0; i < shape.d * shape.k; i++)
        out[i] += (self->factor ? self->factor[i / shape.k] : 1) * self->param[1] * V[i];
}

static bool entry(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry)
{
    (void)at;
    const double f = self->factor ? self->factor[j] : 1;
    *entry = (erm_entry){f * self->param[0], f * self->param[1], 0, -INFINITY, INFINITY};
    return true;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    const erm_status status = erm__check_amount(self, "l1", self->param[0], detail);
    return status ? status : erm__check_amount(self, "l2", self->param[1], detail);
}

static const erm_regularizer_ops none_ops = {
    .name = "none",
    .separable = true,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .grad = grad,
    .hessian = hessian,
    .curvature = curvature,
    .advance = advance,
    .entry = entry,
    .check = check,
};

static const erm_regularizer_ops l1_ops = {
    .name = "l1",
    .separable = true,
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .advance = advance,
    .directions = directions,
    .entry = entry,
    .check = check,
};

static const erm_regularizer_ops l2_ops = {
    .name = "l2",
    .separable = true,
    .amounts = 1 << 1,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .grad = grad,
    .hessian = hessian,
    .curvature = curvature,
    .modulus = modulus,
    .advance = advance,
    .entry = entry,
    .check = check,
};

static const erm_regularizer_ops elastic_net_ops = {
    .name = "elastic-net",
    .separable = true,
    .amounts = 1 << 0 | 1 << 1,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .modulus = modulus,
    .advance = advance,
    .directions = directions,
    .hessian_mul = hessian_mul,
    .entry = entry,
    .check = check,
};

erm_regularizer erm_none(void) { return (erm_regularizer){.ops = &none_ops}; }
erm_regularizer erm_l1(double l1) { return (erm_regularizer){.ops = &l1_ops, .param = {l1, 0}}; }
erm_regularizer erm_l2(double l2) { return (erm_regularizer){.ops = &l2_ops, .param = {0, l2}}; }
erm_regularizer erm_elastic_net(double l1, double l2) { return (erm_regularizer){.ops = &elastic_net_ops, .param = {l1, l2}}; }
