/* SLOPE, the sorted L1 norm.
 *
 *     R(W) = scale sum_i weight_i |W|_(i), |W|_(1) >= |W|_(2) >= ... over the features that are not free
 *     prox:      sort |V|, subtract t scale weight, make it non-increasing by averaging blocks, cut at 0
 *     conjugate: the indicator of |U|_(1) + ... + |U|_(i) <= scale (weight_1 + ... + weight_i) for every i
 *
 * Bogdan, van den Berg, Sabatti, Su and Candes (2015), "SLOPE - adaptive variable selection via convex optimization",
 * algorithm 4 (the stack) for the prox. */
#include <string.h>

#include "base/detail.h"
#include "regularizer/directions.h"
#include "regularizer/parameter.h"

/* Absolute values from large to small, and which entry each is (a whole number, exact in double). In scratch, with as much
 * to spare. */
typedef struct sorted {
    int64_t count;
    double *size, *entry;
    double *spare, *spare_entry;
} sorted;

static void merge_runs(sorted *self, int64_t run)
{
    for (int64_t begin = 0; begin < self->count; begin += 2 * run) {
        const int64_t middle = begin + run < self->count ? begin + run : self->count;
        const int64_t end = middle + run < self->count ? middle + run : self->count;
        int64_t left = begin, right = middle;
        for (int64_t out = begin; out < end; out++) {
            const bool take_left = left < middle && (right >= end || !(self->size[left] < self->size[right]));
            const int64_t from = take_left ? left++ : right++;
            self->spare[out] = self->size[from];
            self->spare_entry[out] = self->entry[from];
        }
    }
}

static void swap(double **a, double **b)
{
    double *const swapped = *a;
    *a = *b;
    *b = swapped;
}

static sorted sorted_of(const erm_regularizer *self, erm_shape shape, const double *V)
{
    const int64_t n = shape.d * shape.k;
    double *const at = shape.scratch;
    sorted of = {.size = at, .entry = at + n, .spare = at + 2 * n, .spare_entry = at + 3 * n};
    for (int64_t i = 0; i < n; i++) {
        if (self->factor && self->factor[i / shape.k] == 0) continue;
        of.size[of.count] = fabs(V[i]);
        of.entry[of.count++] = (double)i;
    }
    for (int64_t run = 1; run < of.count; run *= 2) {
        merge_runs(&of, run);
        swap(&of.size, &of.spare);
        swap(&of.entry, &of.spare_entry);
    }
    return of;
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    const double *weight = self->data;
    const sorted of = sorted_of(self, shape, W);
    double sum = 0;
    for (int64_t i = 0; i < of.count; i++)
        if (of.size[i] != 0) sum += self->param[0] * weight[i] * of.size[i];
    return sum;
}

/* Blocks of equal entries on a stack: block b holds the entries from start[b] up to the next block's start. */
static int64_t average_blocks(const sorted *of, double lambda, const double *weight, double *start, double *mean)
{
    int64_t blocks = 0;
    for (int64_t i = 0; i < of->count; i++) {
        double length = 1, level = of->size[i] - lambda * weight[i];
        for (; blocks > 0 && !(mean[blocks - 1] > level); blocks--) {
            const double longer = (double)(i + 1) - start[blocks - 1];
            level += (mean[blocks - 1] - level) * ((longer - length) / longer);
            length = longer;
        }
        start[blocks] = (double)(i + 1) - length;
        mean[blocks++] = level;
    }
    return blocks;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    (void)metric;
    const sorted of = sorted_of(self, shape, V);
    double *const start = of.spare, *const mean = of.spare_entry;
    const int64_t blocks = average_blocks(&of, step * self->param[0], self->data, start, mean);
    if (V != W) memcpy(W, V, (size_t)(shape.d * shape.k) * sizeof *W);
    for (int64_t b = 0; b < blocks; b++) {
        const int64_t end = b + 1 < blocks ? (int64_t)start[b + 1] : of.count;
        for (int64_t i = (int64_t)start[b]; i < end; i++) {
            double *w = &W[(int64_t)of.entry[i]];
            *w = copysign(mean[b] <= 0 ? 0 : mean[b], *w);
        }
    }
}

static double conjugate(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_conjugate(self, shape, U) != 0) return INFINITY;
    const double *weight = self->data;
    const sorted of = sorted_of(self, shape, U);
    double sum = 0, bound = 0;
    for (int64_t i = 0; i < of.count; i++) {
        sum += of.size[i];
        bound += self->param[0] * weight[i];
        if (!(sum <= bound)) return INFINITY;
    }
    return 0;
}

/* The partial sums of the scaled entries have roundings of their own. */
static double dual_scale(const erm_regularizer *self, erm_shape shape, const double *U)
{
    if (erm__free_dual_scale(self, shape, U) == 0) return 0;
    const double *weight = self->data;
    const sorted of = sorted_of(self, shape, U);
    double sum = 0, bound = 0, scale = 1;
    for (int64_t i = 0; i < of.count; i++) {
        sum += of.size[i];
        bound += self->param[0] * weight[i];
        if (!(sum <= bound)) scale = fmin(scale, bound / sum * (1 - 0x1p-52 * (double)(i + 4)));
    }
    return scale;
}

/* Entries of equal size move together; those at 0 are held. */
static int64_t directions(const erm_regularizer *self, erm_shape shape, const double *W, int64_t *direction, double *along)
{
    const sorted of = sorted_of(self, shape, W);
    erm__directions found = {0, direction, along};
    for (int64_t i = 0; i < shape.d * shape.k; i++)
        erm__move_alone(&found, i, self->param[0] == 0 || (self->factor && self->factor[i / shape.k] == 0));
    for (int64_t i = 0; self->param[0] != 0 && i < of.count && of.size[i] > ERM_EQUAL * of.size[0]; i++) {
        const int64_t entry = (int64_t)of.entry[i];
        if (i == 0 || of.size[i] < of.size[i - 1] - ERM_EQUAL * of.size[0]) found.count++;
        erm__join(&found, entry, copysign(1, W[entry]));
    }
    return found.count;
}

static int64_t scratch(const erm_regularizer *self, int64_t d, int64_t k)
{
    (void)self;
    return 4 * d * k;
}

static erm_status check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    const double *weight = self->data;
    if (!weight) return erm__fail(detail, ERM_EINVAL, "%s: there are no weights (NULL)", self->ops->name);
    for (int64_t i = 0; i < d * k; i++)
        if (!(weight[i] >= 0) || !isfinite(weight[i]) || (i > 0 && weight[i] > weight[i - 1]))
            return erm__fail(detail, ERM_EINVAL, "%s: weight[%lld] = %g; weights must be finite, not negative, and never rise",
                             self->ops->name, (long long)i, weight[i]);
    return erm__check_amount(self, "scale", self->param[0], detail);
}

static const erm_regularizer_ops ops = {
    .name = "slope",
    .amounts = 1 << 0,
    .value = value,
    .prox = prox,
    .conjugate = conjugate,
    .dual_scale = dual_scale,
    .directions = directions,
    .check = check,
    .scratch = scratch,
};

erm_regularizer erm_slope(double scale, const double *weight)
{
    return (erm_regularizer){.ops = &ops, .param = {scale}, .data = weight};
}
