/* Group lasso and sparse group lasso, for any partition of the features into groups g.
 *
 *     R(W) = l1 sum_j f_j ||W_j||_1 + lambda sum_g weight_g ||W_g||_F, W_g: the rows of the group that are not free
 *     prox:      soft-threshold the entries by t l1 f_j, then W_g max(0, 1 - t lambda weight_g / ||W_g||)
 *     conjugate: the indicator of ||soft(U_g, l1 f)|| <= lambda weight_g
 *
 * Yuan and Lin (2006), "Model selection and estimation in regression with grouped variables"; Simon, Friedman, Hastie and
 * Tibshirani (2013), "A sparse-group lasso". */
#include "base/detail.h"
#include "regularizer/directions.h"
#include "regularizer/norm.h"
#include "regularizer/parameter.h"

/* Of soft(scale V, threshold f) in each group: largest value, norm / largest, and the slope of the
 * norm in `scale`. In scratch. */
typedef struct blocks {
    double *top, *ratio, *slope;
} blocks;

static double weight_of(const erm_regularizer *self, int32_t g)
{
    const erm_groups *groups = self->data;
    return self->param[1] * (groups->weight ? groups->weight[g] : 1);
}

static blocks blocks_of(const erm_regularizer *self, erm_shape shape, double scale, double threshold, const double *V)
{
    const erm_groups *groups = self->data;
    const blocks of = {shape.scratch, shape.scratch + groups->count, shape.scratch + 2 * groups->count};
    for (int32_t g = 0; g < groups->count; g++) of.top[g] = of.ratio[g] = of.slope[g] = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const double f = self->factor ? self->factor[j] : 1;
        double *top = &of.top[groups->group[j]];
        for (int64_t i = j * shape.k; f != 0 && i < (j + 1) * shape.k; i++) {
            const double size = fabs(erm__soft(scale * V[i], threshold * f));
            if (!(size <= *top)) *top = size;
        }
    }
    for (int64_t j = 0; j < shape.d; j++) {
        const double f = self->factor ? self->factor[j] : 1;
        const int32_t g = groups->group[j];
        for (int64_t i = j * shape.k; f != 0 && of.top[g] != 0 && i < (j + 1) * shape.k; i++) {
            const double size = fabs(erm__soft(scale * V[i], threshold * f)) / of.top[g];
            of.ratio[g] += size * size;
            of.slope[g] += size * fabs(V[i]);
        }
    }
    for (int32_t g = 0; g < groups->count; g++) {
        of.ratio[g] = sqrt(of.ratio[g]);
        if (of.ratio[g] != 0) of.slope[g] /= of.ratio[g];
    }
    return of;
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const erm_groups *groups = self->data;
    const blocks of = blocks_of(self, shape, 1, 0, W);
    double sum = 0;
    for (int32_t g = 0; g < groups->count; g++)
        if (of.top[g] != 0) sum += weight_of(self, g) * of.top[g] * of.ratio[g];
    for (int64_t j = 0; self->param[0] != 0 && j < shape.d; j++) {
        const double l1 = self->param[0] * (self->factor ? self->factor[j] : 1);
        for (int64_t i = j * shape.k; l1 != 0 && i < (j + 1) * shape.k; i++) sum += l1 * fabs(W[i]);
    }
    return sum;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)metric;
    const erm_groups *groups = self->data;
    const blocks of = blocks_of(self, shape, 1, step * self->param[0], V);
    for (int64_t j = 0; j < shape.d; j++) {
        const int32_t g = groups->group[j];
        const double f = self->factor ? self->factor[j] : 1;
        const double shrink = f == 0 ? 1 : erm__norm_shrink((erm__norm){of.top[g], of.ratio[g]}, step * weight_of(self, g));
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) W[i] = shrink * erm__soft(V[i], step * self->param[0] * f);
    }
}

/* Where some group of soft(scale U, l1 f) is outside its ball, Newton's step for `scale` from the right; else scale itself.
 * The norms are convex and rising in scale, so that no step goes below the smallest root. */
static double newton(const erm_regularizer *self, erm_shape shape, double scale, const double *U)
{
    const erm_groups *groups = self->data;
    const blocks of = blocks_of(self, shape, scale, self->param[0], U);
    double next = scale;
    for (int32_t g = 0; g < groups->count; g++) {
        const double excess = of.top[g] * of.ratio[g] - weight_of(self, g);
        if (!(excess <= 0)) next = fmin(next, fmax(0, scale - excess / of.slope[g]));
    }
    return next;
}

static bool inside(const erm_regularizer *self, erm_shape shape, double scale, const double *U)
{
    const erm_groups *groups = self->data;
    const blocks of = blocks_of(self, shape, scale, self->param[0], U);
    for (int32_t g = 0; g < groups->count; g++)
        if (!(of.top[g] * of.ratio[g] <= weight_of(self, g))) return false;
    return true;
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    return inside(self, shape, 1, U) ? 0 : INFINITY;
}

static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    enum { ROUNDS = 40 };
    if (erm__free_dual_scale(self, shape, U) == 0) return 0;
    double scale = 1, slack = 0x1p-53; /* grows, to step over rounding at the root */
    for (int round = 0; round < ROUNDS && scale > 0; round++) {
        if (inside(self, shape, scale, U)) return scale;
        scale = fmin(newton(self, shape, scale, U), scale * (1 - slack));
        slack *= 2;
    }
    return 0;
}

/* Is the norm of W_g not 0? `of` is that of W. */
static bool is_active(const erm_regularizer *self, const blocks *of, int32_t g)
{
    return of->top[g] != 0 || weight_of(self, g) == 0;
}

static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    const erm_groups *groups = self->data;
    const blocks of = blocks_of(self, shape, 1, 0, W);
    erm__directions found = {0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const int64_t j = i / shape.k;
        const double f = self->factor ? self->factor[j] : 1;
        erm__move_alone(&found, i, f == 0 || (is_active(self, &of, groups->group[j]) && (W[i] != 0 || self->param[0] * f == 0)));
    }
    return found.count;
}

/* lambda weight_g / ||W_g|| (V_g - u u'V_g), u = W_g / ||W_g||: the norm bends across W_g. */
static void hessian_mul(const erm_regularizer *self, erm_shape shape, const double *W, const double *V, double *out)
{
    const erm_groups *groups = self->data;
    const blocks of = blocks_of(self, shape, 1, 0, W);
    for (int32_t g = 0; g < groups->count; g++) of.slope[g] = 0; /* u'V_g */
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const int32_t g = groups->group[i / shape.k];
        if ((self->factor && self->factor[i / shape.k] == 0) || of.top[g] == 0) continue;
        of.slope[g] += W[i] / of.top[g] / of.ratio[g] * V[i];
    }
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const int32_t g = groups->group[i / shape.k];
        if ((self->factor && self->factor[i / shape.k] == 0) || of.top[g] == 0) continue;
        const double u = W[i] / of.top[g] / of.ratio[g];
        out[i] += weight_of(self, g) / of.top[g] / of.ratio[g] * (V[i] - u * of.slope[g]);
    }
}

static erm_blocks blocks_behind(const erm_regularizer *self)
{
    return (erm_blocks){.groups = self->data, .l1 = self->param[0], .lambda = self->param[1]};
}

static int64_t scratch(const erm_regularizer *self, int64_t d, int64_t k)
{
    (void)d;
    (void)k;
    return 3 * (int64_t)((const erm_groups *)self->data)->count;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)k;
    const erm_groups *groups = self->data;
    if (!groups || !groups->group) return erm__fail(detail, ERM_EINVAL, "%s: there are no groups (NULL)", self->ops->name);
    if (groups->count < 0) return erm__fail(detail, ERM_EINVAL, "%s: %ld groups", self->ops->name, (long)groups->count);
    for (int64_t j = 0; j < d; j++)
        if (groups->group[j] < 0 || groups->group[j] >= groups->count)
            return erm__fail(detail, ERM_EINVAL, "%s: group[%lld] = %ld; group numbers are 0 .. %ld", self->ops->name,
                             (long long)j, (long)groups->group[j], (long)groups->count - 1);
    erm_status status = erm__check_amount(self, "l1", self->param[0], detail);
    if (!status) status = erm__check_amount(self, "lambda", self->param[1], detail);
    for (int32_t g = 0; !status && groups->weight && g < groups->count; g++)
        status = erm__check_amount(self, "the weight of a group", groups->weight[g], detail);
    return status;
}

static const erm_regularizer_ops group_lasso_ops = {
    .name = "group-lasso",
    .amounts = 1 << 1,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .directions = directions,
    .hessian_mul = hessian_mul,
    .blocks = blocks_behind,
    .check = check,
    .scratch = scratch,
};

static const erm_regularizer_ops sparse_group_lasso_ops = {
    .name = "sparse-group-lasso",
    .amounts = 1 << 0 | 1 << 1,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .directions = directions,
    .hessian_mul = hessian_mul,
    .blocks = blocks_behind,
    .check = check,
    .scratch = scratch,
};

erm_regularizer erm_group_lasso(double lambda, const erm_groups *groups)
{
    return (erm_regularizer){.ops = &group_lasso_ops, .param = {0, lambda}, .data = groups};
}

erm_regularizer erm_sparse_group_lasso(double l1, double lambda, const erm_groups *groups)
{
    return (erm_regularizer){.ops = &sparse_group_lasso_ops, .param = {l1, lambda}, .data = groups};
}
