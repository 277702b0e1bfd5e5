/* The elastic net within bounds: L1, L2 and a box at once; non-negative lasso and elastic net are cases.
 *
 *     R(W) = sum_j f_j sum_c (l1 |W_jc| + l2/2 W_jc^2)  and  low <= W_jc <= high where f_j > 0
 *     prox:      the elastic net's prox, clipped (a convex function of one number is least at the clipped minimum)
 *     conjugate: u w - l1 f |w| - l2/2 f w^2 at w = clip(soft(u, l1 f) / (l2 f))
 *
 * Friedman, Hastie and Tibshirani (2010), "Regularization paths for generalized linear models via coordinate descent". */
#include "regularizer/directions.h"
#include "regularizer/parameter.h"
#include "regularizer/recursion.h"

/* What holds for one feature; nothing where it is free. */
typedef struct limits {
    double l1, l2, low, high;
} limits;

static limits limits_of(const erm_regularizer *self, int64_t j)
{
    const double f = self->factor ? self->factor[j] : 1, *param = self->param;
    if (f == 0) return (limits){0, 0, -INFINITY, INFINITY};
    return (limits){f * param[0], f * param[1], param[2], param[3]};
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const limits at = limits_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) {
            if (!(W[i] >= at.low - 1e-12 * fabs(at.low) && W[i] <= at.high + 1e-12 * fabs(at.high))) return INFINITY;
            sum += at.l1 * fabs(W[i]) + 0.5 * (at.l2 * W[i]) * W[i];
        }
    }
    return sum;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    for (int64_t j = 0; j < shape.d; j++) {
        const limits at = limits_of(self, j);
        const double t = step * (metric ? metric[j] : 1);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            W[i] = erm__clip(erm__soft(V[i], t * at.l1) / (1 + t * at.l2), at.low, at.high);
    }
}

static double entry_conjugate(limits at, double u)
{
    const double excess = erm__soft(u, at.l1), open = excess == 0 ? 0 : excess / at.l2, w = erm__clip(open, at.low, at.high);
    if (w == open) return excess == 0 ? 0 : 0.5 * open * excess;
    return w * (u - copysign(at.l1, w)) - 0.5 * (at.l2 * w) * w;
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const limits at = limits_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) sum += entry_conjugate(at, U[i]);
    }
    return sum;
}

/* Without l2 the conjugate is finite where |u| <= l1 on every side that is not bounded. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    double scale = 1;
    for (int64_t j = 0; j < shape.d; j++) {
        const limits at = limits_of(self, j);
        for (int64_t i = j * shape.k; at.l2 == 0 && i < (j + 1) * shape.k; i++)
            if ((U[i] > 0 && at.high == INFINITY) || (U[i] < 0 && at.low == -INFINITY))
                scale = fmin(scale, erm__scale_into(fabs(U[i]), at.l1));
    }
    return scale;
}

static double modulus(const erm_regularizer *self, int64_t d)
{
    double smallest = self->factor ? INFINITY : 1;
    for (int64_t j = 0; self->factor && j < d; j++) smallest = fmin(smallest, self->factor[j]);
    return smallest * self->param[1];
}

/* From inside the box the steps are monotone, so a path that leaves it stays at the side: the clip of
 * the last point is enough. */
static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W)
{
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        if (times == 0) continue;
        const limits at = limits_of(self, j);
        const double step_j = step * (metric ? metric[j] : 1);
        const erm__recursion feature = erm__recursion_of(step_j, at.l1, at.l2, pull);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) {
            const double move = drift ? step_j * drift[i] : 0;
            W[i] = erm__clip(erm__recursion_step(&feature, W[i], move), at.low, at.high);
            if (times > 1) W[i] = erm__clip(erm__recursion_run(&feature, W[i], move, times - 1), at.low, at.high);
        }
    }
}

static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    erm__directions found = {0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const limits at = limits_of(self, i / shape.k);
        erm__move_alone(&found, i, (W[i] != 0 || at.l1 == 0) && erm__strictly_inside(W[i], at.low, at.high));
    }
    return found.count;
}

static void hessian_mul(const erm_regularizer *self, erm_shape shape, const double *W, const double *V, double *out)
{
    (void)W;
    for (int64_t i = 0; i < shape.d * shape.k; i++) out[i] += limits_of(self, i / shape.k).l2 * V[i];
}

static bool entry(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry)
{
    (void)at;
    const limits of = limits_of(self, j);
    *entry = (erm_entry){of.l1, of.l2, 0, of.low, of.high};
    return true;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    erm_status status = erm__check_amount(self, "l1", self->param[0], detail);
    if (!status) status = erm__check_amount(self, "l2", self->param[1], detail);
    return status ? status : erm__check_bounds(self, -1, self->param[2], self->param[3], detail);
}

static const erm_regularizer_ops ops = {
    .name = "elastic-net-box",
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

erm_regularizer erm_elastic_net_box(double l1, double l2, double low, double high)
{
    return (erm_regularizer){.ops = &ops, .param = {l1, l2, low, high}};
}
