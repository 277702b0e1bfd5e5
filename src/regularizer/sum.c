/* Sums of a squared distance and any other regularizer.
 *
 *     R(W) = l2/2 sum_j f_j ||W_j - W0_j||^2 + other(W), with the amounts of `other` times param[0]
 *     prox:      with x = t l2 f: other's prox, with steps t / (1 + x), of (v + x w0) / (1 + x), the first part's own prox
 *                (complete the square)
 *     conjugate: <u, w> - R(w) at w = other's prox, with steps 1 / (l2 f), of w0 + u / (l2 f)
 *
 * Parikh and Boyd (2014), "Proximal algorithms", section 2.2 (regularization). */
#include "base/detail.h"
#include "regularizer/bands.h"

/* Both parts with the factors of the sum, and the scratch they share: d doubles, d k doubles, and the other's own. */
typedef struct summands {
    erm_regularizer smooth, other;
    double l2;
    double *metric, *point;
    erm_shape shape;
} summands;

/* Where `other` ties features together its prox takes one step for all, so the smooth part knows factors only as 0 and not 0: its
 * l2 f is then the same for every feature that is not free. */
static summands summands_of(const erm_regularizer *self, erm_shape shape)
{
    const erm_sum_parts *sum = self->data;
    double *const metric = shape.scratch, *const point = metric + shape.d;
    const erm_regularizer other = erm_regularizer_scaled(&sum->other, self->param[0]);
    summands of = {sum->smooth, other, sum->smooth.param[1], metric, point, {shape.d, shape.k, point + shape.d * shape.k}};
    of.smooth.factor = of.other.factor = self->factor;
    if (!self->factor || of.other.ops->separable) return of;
    for (int64_t j = 0; j < shape.d; j++) metric[j] = self->factor[j] != 0;
    of.smooth.factor = metric;
    return of;
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const summands of = summands_of(self, shape);
    const double other = of.other.ops->value(&of.other, of.shape, W);
    return other < INFINITY ? other + of.smooth.ops->value(&of.smooth, of.shape, W) : other;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    const summands of = summands_of(self, shape);
    of.smooth.ops->prox(&of.smooth, of.shape, step, metric, V, W);
    if (!of.other.ops->separable || (!metric && !self->factor)) {
        of.other.ops->prox(&of.other, of.shape, step / (1 + step * of.l2), NULL, W, W);
    } else {
        for (int64_t j = 0; j < shape.d; j++) {
            const double m = metric ? metric[j] : 1;
            of.metric[j] = m / (1 + step * m * of.l2 * (self->factor ? self->factor[j] : 1));
        }
        of.other.ops->prox(&of.other, of.shape, step, of.metric, W, W);
    }
}

/* The point w where <u, w> - R(w) is largest; free features at 0. */
static void best_point(const erm_regularizer *self, const summands *of, const double *U)
{
    const int64_t d = of->shape.d, k = of->shape.k;
    const double *w0 = of->smooth.data;
    const bool each = of->other.ops->separable && self->factor;
    for (int64_t j = 0; j < d; j++) {
        const double f = of->smooth.factor ? of->smooth.factor[j] : 1;
        for (int64_t i = j * k; i < (j + 1) * k; i++) of->point[i] = f == 0 ? 0 : (w0 ? w0[i] : 0) + U[i] / (of->l2 * f);
    }
    for (int64_t j = 0; each && j < d; j++) of->metric[j] = self->factor[j] == 0 ? 1 : 1 / self->factor[j];
    of->other.ops->prox(&of->other, of->shape, 1 / of->l2, each ? of->metric : NULL, of->point, of->point);
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    const summands of = summands_of(self, shape);
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    best_point(self, &of, U);
    double product = 0;
    for (int64_t i = 0; i < shape.d * shape.k; i++) product += U[i] * of.point[i];
    return product - value(self, shape, of.point);
}

/* Those of the other part, which alone has kinks. */
static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    const summands of = summands_of(self, shape);
    return of.other.ops->directions ? of.other.ops->directions(&of.other, of.shape, W, direction, along) : -1;
}

static void hessian_mul(const erm_regularizer *self, erm_shape shape, const double *W, const double *V, double *out)
{
    const summands of = summands_of(self, shape);
    for (int64_t i = 0; i < shape.d * shape.k; i++)
        out[i] += of.l2 * (of.smooth.factor ? of.smooth.factor[i / shape.k] : 1) * V[i];
    if (of.other.ops->hessian_mul) of.other.ops->hessian_mul(&of.other, of.shape, W, V, out);
}

static double modulus(const erm_regularizer *self, int64_t d)
{
    const erm_sum_parts *sum = self->data;
    double smallest = self->factor ? INFINITY : 1;
    for (int64_t j = 0; self->factor && j < d; j++)
        smallest = fmin(smallest, sum->other.ops->separable ? self->factor[j] : self->factor[j] != 0);
    erm_regularizer other = erm_regularizer_scaled(&sum->other, self->param[0]);
    other.factor = self->factor;
    return smallest * sum->smooth.param[1] + (other.ops->modulus ? other.ops->modulus(&other, d) : 0);
}

static bool entry(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry)
{
    const erm_sum_parts *sum = self->data;
    erm_regularizer smooth = sum->smooth, other = erm_regularizer_scaled(&sum->other, self->param[0]);
    smooth.factor = other.factor = self->factor;
    erm_entry bowl;
    if (!other.ops->entry || !other.ops->entry(&other, j, at, entry) || !smooth.ops->entry(&smooth, j, at, &bowl)) return false;
    entry->l2 += bowl.l2;
    entry->pull += bowl.pull;
    return true;
}

static int64_t scratch(const erm_regularizer *self, int64_t d, int64_t k)
{
    const erm_sum_parts *sum = self->data;
    return d + d * k + (sum->other.ops->scratch ? sum->other.ops->scratch(&sum->other, d, k) : 0);
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    const erm_sum_parts *sum = self->data;
    const char *name = self->ops->name;
    if (!sum || !sum->other.ops) return erm__fail(detail, ERM_EINVAL, "%s: there are no two parts (NULL)", name);
    const erm_regularizer l2 = erm_l2(0), proximity = erm_proximity(0, NULL);
    if (sum->smooth.ops != l2.ops && sum->smooth.ops != proximity.ops)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s: the smooth part must be erm_l2 or erm_proximity, not %s", name,
                         sum->smooth.ops ? sum->smooth.ops->name : "nothing");
    if (sum->smooth.factor || sum->other.factor)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s: set the factors of the sum, not of its parts", name);
    if (!(sum->smooth.param[1] > 0))
        return erm__fail(detail, ERM_EINVAL, "%s: l2 = %g; it must be positive, or use the other part alone", name,
                         sum->smooth.param[1]);
    const erm_status status = sum->smooth.ops->check ? sum->smooth.ops->check(&sum->smooth, d, k, detail) : ERM_OK;
    return status || !sum->other.ops->check ? status : sum->other.ops->check(&sum->other, d, k, detail);
}

static const erm_regularizer_ops joint_ops = {
    .name = "sum",
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = erm__free_dual_scale,
    .modulus = modulus,
    .directions = directions,
    .hessian_mul = hessian_mul,
    .check = check,
    .scratch = scratch,
};

static const erm_regularizer_ops separable_ops = {
    .name = "sum",
    .separable = true,
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = erm__free_dual_scale,
    .modulus = modulus,
    .directions = directions,
    .hessian_mul = hessian_mul,
    .entry = entry,
    .check = check,
    .scratch = scratch,
};

static const erm_regularizer_ops nonconvex_ops = {
    .name = "sum",
    .nonconvex = true,
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .check = check,
    .scratch = scratch,
};

erm_regularizer erm_sum(const erm_sum_parts *parts)
{
    const erm_regularizer_ops *other = parts ? parts->other.ops : NULL;
    const erm_regularizer_ops *ops = other && other->nonconvex   ? &nonconvex_ops
                                     : other && other->separable ? &separable_ops
                                                                 : &joint_ops;
    return (erm_regularizer){.ops = ops, .param = {1}, .data = parts};
}
