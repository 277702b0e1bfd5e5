/* Boxes with bounds of their own for every feature: low_j <= W_jc <= high_j where the factor is not 0.
 *
 *     prox:      min(max(v, low_j), high_j)
 *     conjugate: sum max(low_j u, high_j u), with 0 inf = 0 (the support function)
 *
 * Rockafellar (1970), "Convex Analysis", section 13. */
#include "base/detail.h"
#include "regularizer/directions.h"
#include "regularizer/parameter.h"
#include "regularizer/recursion.h"

typedef struct range {
    double low, high;
} range;

static range range_of(const erm_regularizer *self, int64_t j)
{
    const erm_bounds *bounds = self->data;
    if (self->factor && self->factor[j] == 0) return (range){-INFINITY, INFINITY};
    return (range){bounds->low ? bounds->low[j] : -INFINITY, bounds->high ? bounds->high[j] : INFINITY};
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    for (int64_t j = 0; j < shape.d; j++) {
        const range at = range_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            if (!(W[i] >= at.low - 1e-12 * fabs(at.low) && W[i] <= at.high + 1e-12 * fabs(at.high))) return INFINITY;
    }
    return 0;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)step;
    (void)metric;
    for (int64_t j = 0; j < shape.d; j++) {
        const range at = range_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) W[i] = erm__clip(V[i], at.low, at.high);
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const range at = range_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            if (U[i] != 0) sum += U[i] * (U[i] > 0 ? at.high : at.low);
    }
    return sum;
}

static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    for (int64_t j = 0; j < shape.d; j++) {
        const range at = range_of(self, j);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            if ((U[i] > 0 && at.high == INFINITY) || (U[i] < 0 && at.low == -INFINITY)) return 0;
    }
    return 1;
}

static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W)
{
    const erm__recursion free = erm__recursion_of(0, 0, 0, pull);
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        if (times == 0) continue;
        const range at = range_of(self, j);
        const double step_j = step * (metric ? metric[j] : 1);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++) {
            const double move = drift ? step_j * drift[i] : 0;
            W[i] = erm__recursion_clipped(&free, W[i], move, times, at.low, at.high);
        }
    }
}

static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    erm__directions found = {0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++) {
        const range at = range_of(self, i / shape.k);
        erm__move_alone(&found, i, erm__strictly_inside(W[i], at.low, at.high));
    }
    return found.count;
}

static bool entry(const erm_regularizer *self, int64_t j, int64_t at, erm_entry *entry)
{
    (void)at;
    const range of = range_of(self, j);
    *entry = (erm_entry){0, 0, 0, of.low, of.high};
    return true;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)k;
    const erm_bounds *bounds = self->data;
    if (!bounds) return erm__fail(detail, ERM_EINVAL, "%s: there are no bounds (NULL)", self->ops->name);
    for (int64_t j = 0; j < d; j++) {
        const double low = bounds->low ? bounds->low[j] : -INFINITY, high = bounds->high ? bounds->high[j] : INFINITY;
        const erm_status status = erm__check_bounds(self, j, low, high, detail);
        if (status) return status;
    }
    return ERM_OK;
}

static const erm_regularizer_ops ops = {
    .name = "box-vectors",
    .separable = true,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .advance = advance,
    .directions = directions,
    .entry = entry,
    .check = check,
};

erm_regularizer erm_box_vectors(const erm_bounds *bounds) { return (erm_regularizer){.ops = &ops, .data = bounds}; }
