/* Fused lasso and total variation along the features, for each output c on its own.
 *
 *     R(W) = l1 sum |W_jc| + tv sum |W_j+1,c - W_jc|, over the features that are not free, in their order
 *     prox:      the prox of the total variation, then soft-thresholding by t l1
 *     conjugate: the indicator of U = s + D'z, |s_j| <= l1, |z_j| <= tv (D: differences): the partial sums of U - s stay within
 *                tv and end at 0
 *
 * Tibshirani, Saunders, Rosset, Zhu and Knight (2005), "Sparsity and smoothness via the fused lasso"; Friedman, Hastie,
 * Hoefling and Tibshirani (2007), "Pathwise coordinate optimization", for the two steps of the prox; Johnson (2013), "A
 * dynamic programming algorithm for the fused lasso and L0-segmentation", for the prox of the total variation in O(d). */
#include <string.h>

#include "regularizer/directions.h"
#include "regularizer/parameter.h"

/* The derivative of what the entries so far cost at best, as a function of the last one: increasing, piecewise linear. At
 * each knot it goes over to a line with so much more slope and offset. */
typedef struct derivative {
    double *at, *slope, *offset; /* first .. last hold the knots */
    int64_t first, last;
    double left, right; /* offsets of the outermost lines, whose slope is 1 */
} derivative;

/* Drops the knots below the point where the derivative is `level`, and returns that point and the line it lies on. */
static double cut_left(derivative *self, double level, double *slope, double *offset)
{
    *slope = 1;
    *offset = self->left;
    for (; self->first <= self->last && *slope * self->at[self->first] + *offset < level; self->first++) {
        *slope += self->slope[self->first];
        *offset += self->offset[self->first];
    }
    return (level - *offset) / *slope;
}

static double cut_right(derivative *self, double level, double *slope, double *offset)
{
    *slope = 1;
    *offset = self->right;
    for (; self->first <= self->last && *slope * self->at[self->last] + *offset > level; self->last--) {
        *slope -= self->slope[self->last];
        *offset -= self->offset[self->last];
    }
    return (level - *offset) / *slope;
}

/* The next entry may differ from the last at a price of tv a unit: the derivative is cut off at -tv and tv. */
static void cut(derivative *self, double tv, double *low, double *high)
{
    double slope, offset;
    *low = cut_left(self, -tv, &slope, &offset);
    const double lower_slope = slope, lower_offset = offset;
    *high = cut_right(self, tv, &slope, &offset);
    self->first--;
    self->at[self->first] = *low;
    self->slope[self->first] = lower_slope;
    self->offset[self->first] = lower_offset + tv;
    self->last++;
    self->at[self->last] = *high;
    self->slope[self->last] = -slope;
    self->offset[self->last] = tv - offset;
}

static bool is_free(const erm_regularizer *self, int64_t j) { return self->factor && self->factor[j] == 0; }

/* One column of V as seen from its mean, around which the sums below lose least. */
typedef struct column {
    double mean;
    double most; /* the largest partial sum of v - mean: from this tv on, all entries are the mean */
} column;

static column column_of(const erm_regularizer *self, erm_shape shape, const double *V)
{
    double count = 0, mean = 0, rest = 0, partial = 0, most = 0;
    for (int64_t j = 0; j < shape.d; j++)
        if (!is_free(self, j)) mean += (V[j * shape.k] - mean) / ++count;
    for (int64_t j = 0; j < shape.d; j++)
        if (!is_free(self, j)) rest += V[j * shape.k] - mean;
    if (count > 0) mean += rest / count;
    for (int64_t j = 0; j < shape.d; j++) {
        if (is_free(self, j)) continue;
        partial += V[j * shape.k] - mean;
        most = fmax(most, fabs(partial));
    }
    return (column){mean, most};
}

/* min sum (w_j - v_j)^2 / 2 + tv sum |w_j+1 - w_j| over one column. Forwards the derivatives, then backwards the entries:
 * each is its successor, moved to where the derivative lies within tv. */
static void smooth_column(const erm_regularizer *self, erm_shape shape, double tv, double mean, const double *V, double *W)
{
    const int64_t d = shape.d, k = shape.k;
    double *low = shape.scratch + 6 * d, *high = shape.scratch + 7 * d;
    derivative cost = {shape.scratch, shape.scratch + 2 * d, shape.scratch + 4 * d, d, d - 1, 0, 0};
    int64_t last = -1;
    for (int64_t j = 0; j < d; j++) {
        if (is_free(self, j)) continue;
        if (last >= 0) cut(&cost, tv, &low[last], &high[last]);
        cost.left = (last >= 0 ? -tv : 0) - (V[j * k] - mean);
        cost.right = (last >= 0 ? tv : 0) - (V[j * k] - mean);
        last = j;
    }
    double slope, offset, w = last >= 0 ? cut_left(&cost, 0, &slope, &offset) : 0;
    for (int64_t j = last; j >= 0; j--) {
        if (is_free(self, j)) continue;
        if (j < last) w = erm__clip(w, low[j], high[j]);
        W[j * k] = w + mean;
    }
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)metric;
    const double l1 = step * self->param[0], tv = step * self->param[1];
    if (V != W) memcpy(W, V, (size_t)(shape.d * shape.k) * sizeof *W);
    for (int64_t c = 0; c < shape.k; c++) {
        const column of = column_of(self, shape, W + c);
        const bool flat = tv >= of.most;
        if (tv > 0 && !flat) smooth_column(self, shape, tv, of.mean, W + c, W + c);
        for (int64_t i = c; i < shape.d * shape.k; i += shape.k)
            if (!is_free(self, i / shape.k)) W[i] = erm__soft(flat ? of.mean : W[i], l1);
    }
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    double entries = 0, jumps = 0;
    const double *before = NULL;
    for (int64_t j = 0; j < shape.d; j++) {
        if (is_free(self, j)) continue;
        const double *w = W + j * shape.k;
        for (int64_t c = 0; c < shape.k; c++) {
            entries += fabs(w[c]);
            if (before) jumps += fabs(w[c] - before[c]);
        }
        before = w;
    }
    return (entries == 0 ? 0 : self->param[0] * entries) + (jumps == 0 ? 0 : self->param[1] * jumps);
}

/* Whether scale U is in the domain: the partial sums that can be reached form an interval. */
static bool inside(const erm_regularizer *self, erm_shape shape, double scale, const double *U)
{
    const double l1 = self->param[0], tv = self->param[1];
    for (int64_t c = 0; c < shape.k; c++) {
        double low = 0, high = 0;
        for (int64_t j = 0; j < shape.d; j++) {
            if (is_free(self, j)) continue;
            const double u = scale * U[j * shape.k + c];
            low = fmax(low, -tv) + u - l1;
            high = fmin(high, tv) + u + l1;
            if (!(low <= tv && high >= -tv)) return false;
        }
        if (!(low <= 0 && high >= 0)) return false;
    }
    return true;
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    return inside(self, shape, 1, U) ? 0 : INFINITY;
}

/* The domain is convex and contains 0: bisection. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    enum { HALVINGS = 60 };
    if (erm__free_dual_scale(self, shape, U) == 0) return 0;
    if (inside(self, shape, 1, U)) return 1;
    double low = 0, high = 1;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = 0.5 * (low + high);
        if (inside(self, shape, middle, U))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Neighbours that are equal move together; with l1, pieces at 0 are held. */
static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    double top = 0;
    for (int64_t i = 0; i < shape.d * shape.k; i++) top = fmax(top, fabs(W[i]));
    erm__directions found = {0, direction, along};
    for (int64_t c = 0; c < shape.k; c++)
        for (int64_t j = 0; j < shape.d; j++)
            if (is_free(self, j)) erm__move_alone(&found, j * shape.k + c, true);
    for (int64_t c = 0; c < shape.k; c++) {
        const double *before = NULL;
        for (int64_t j = 0; j < shape.d; j++) {
            const int64_t i = j * shape.k + c;
            if (is_free(self, j)) continue;
            const bool same = before && self->param[1] > 0 && fabs(W[i] - *before) <= ERM_EQUAL * top;
            before = &W[i];
            if (self->param[0] > 0 && fabs(W[i]) <= ERM_EQUAL * top) {
                erm__hold(&found, i);
                before = NULL;
                continue;
            }
            found.count += !same;
            erm__join(&found, i, 1);
        }
    }
    return found.count;
}

static int64_t scratch(const erm_regularizer *self, int64_t d, int64_t k)
{
    (void)self;
    (void)k;
    return 8 * d;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    const erm_status status = erm__check_amount(self, "l1", self->param[0], detail);
    return status ? status : erm__check_amount(self, "tv", self->param[1], detail);
}

static const erm_regularizer_ops fused_lasso_ops = {
    .name = "fused-lasso",
    .amounts = 1 << 0 | 1 << 1,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .directions = directions,
    .check = check,
    .scratch = scratch,
};

/* Without l1 the entries of U must add up to 0, which no rounded U does: no dual bound. */
static const erm_regularizer_ops total_variation_ops = {
    .name = "total-variation",
    .amounts = 1 << 0 | 1 << 1,
    .value = value,
    .prox = prox,
    .directions = directions,
    .check = check,
    .scratch = scratch,
};

erm_regularizer erm_fused_lasso(double l1, double tv)
{
    return (erm_regularizer){.ops = l1 == 0 ? &total_variation_ops : &fused_lasso_ops, .param = {l1, tv}};
}
