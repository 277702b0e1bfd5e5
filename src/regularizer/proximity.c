/* Squared distance to a reference point.
 *
 *     R(W) = l2/2 sum_j f_j ||W_j - W0_j||^2
 *     prox:      w0 + (v - w0) / (1 + t l2 f)
 *     conjugate: sum u w0 + u^2 / (2 l2 f)
 *
 * Evgeniou and Pontil (2004), "Regularized multi-task learning". */
#include "base/detail.h"
#include "regularizer/parameter.h"
#include "regularizer/recursion.h"

static double l2_of(const erm_regularizer *self, int64_t j) { return self->param[1] * (self->factor ? self->factor[j] : 1); }

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const double *w0 = self->data;
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const double l2 = l2_of(self, j);
        for (int64_t i = j * shape.k; l2 != 0 && i < (j + 1) * shape.k; i++) sum += 0.5 * (l2 * (W[i] - w0[i])) * (W[i] - w0[i]);
    }
    return sum;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    const double *w0 = self->data;
    for (int64_t j = 0; j < shape.d; j++) {
        const double x = step * (metric ? metric[j] : 1) * l2_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) W[i] = x == 0 ? V[i] : w0[i] + (V[i] - w0[i]) / (1 + x);
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const double *w0 = self->data;
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const double l2 = l2_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) {
            if (l2 > 0)
                sum += U[i] * w0[i] + 0.5 * (U[i] / l2) * U[i];
            else if (!(U[i] == 0))
                return INFINITY;
        }
    }
    return sum;
}

static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    for (int64_t j = 0; j < shape.d; j++)
        if (l2_of(self, j) == 0 && !erm__all_zero(shape.k, U + j * shape.k)) return 0;
    return 1;
}

static void grad(const erm_regularizer *self, erm_shape shape, const double *W, double *G)
{
    const double *w0 = self->data;
    for (int64_t j = 0; j < shape.d; j++) {
        const double l2 = l2_of(self, j);
        for (int64_t i = j * shape.k; l2 != 0 && i < (j + 1) * shape.k; i++) G[i] += l2 * (W[i] - w0[i]);
    }
}

static void hessian(const erm_regularizer *self, erm_shape shape, const double *W, double *H)
{
    (void)W;
    for (int64_t j = 0; j < shape.d; j++)
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) H[i] += l2_of(self, j);
}

static double curvature(const erm_regularizer *self, int64_t d)
{
    double largest = self->factor ? 0 : self->param[1];
    for (int64_t j = 0; self->factor && j < d; j++) largest = fmax(largest, l2_of(self, j));
    return largest;
}

static double modulus(const erm_regularizer *self, int64_t d)
{
    double smallest = self->factor ? INFINITY : self->param[1];
    for (int64_t j = 0; self->factor && j < d; j++) smallest = fmin(smallest, l2_of(self, j));
    return smallest;
}

static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W)
{
    const double *w0 = self->data;
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        const double step_j = step * (metric ? metric[j] : 1), l2 = l2_of(self, j);
        const erm__recursion feature = erm__recursion_of(step_j, 0, l2, pull);
        for (int64_t i = j * shape.k; times > 0 && i < (j + 1) * shape.k; i++) {
            const double from = l2 == 0 ? 0 : w0[i];
            const double move = (drift ? step_j * drift[i] : 0) + pull * from;
            W[i] = from + erm__recursion_run(&feature, W[i] - from, move, times);
        }
    }
}

static bool entry(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry)
{
    const double *w0 = self->data, l2 = l2_of(self, j);
    *entry = (erm_entry){0, l2, l2 == 0 ? 0 : l2 * w0[at], -INFINITY, INFINITY};
    return true;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    const double *w0 = self->data;
    if (!w0) return erm__fail(detail, ERM_EINVAL, "%s: there is no reference point (w0 is NULL)", self->ops->name);
    for (int64_t i = 0; i < d * k; i++)
        if (!isfinite(w0[i])) return erm__fail(detail, ERM_EINVAL, "%s: w0[%lld] is not finite", self->ops->name, (long long)i);
    return erm__check_amount(self, "l2", self->param[1], detail);
}

static const erm_regularizer_ops ops = {
    .name = "proximity",
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

erm_regularizer erm_proximity(double l2, const double *w0)
{
    return (erm_regularizer){.ops = &ops, .param = {0, l2}, .data = w0};
}
