/* A penalty that is given entry by entry, sum_j l1_j |w_j| + l2_j/2 w_j^2 - pull_j w_j within low_j <= w_j <= high_j.
 *
 *     prox: soft(v + t pull, t l1) / (1 + t l2), clipped */
#include "regularizer/entries.h"

#include <math.h>
#include <stddef.h>

#include "regularizer/recursion.h"

static const erm_entry *entries_of(const erm_regularizer *self) { return self->data; }

double erm__entry_least(const erm_entry *entry, double at, double slope, double curvature)
{
    const double v = erm__soft(curvature * at - slope + entry->pull, entry->l1) / (curvature + entry->l2);
    return erm__clip(v, entry->low, entry->high);
}

static double value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    double sum = 0;
    for (int64_t j = 0; j < shape.d; j++) {
        const erm_entry *const at = &entries_of(self)[j];
        if (!(W[j] >= at->low - 1e-12 * fabs(at->low) && W[j] <= at->high + 1e-12 * fabs(at->high))) return INFINITY;
        sum += at->l1 * fabs(W[j]) + (0.5 * at->l2 * W[j] - at->pull) * W[j];
    }
    return sum;
}

static void prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    for (int64_t j = 0; j < shape.d; j++) {
        const erm_entry *const at = &entries_of(self)[j];
        const double t = step * (metric ? metric[j] : 1);
        W[j] = erm__clip(erm__soft(V[j] + t * at->pull, t * at->l1) / (1 + t * at->l2), at->low, at->high);
    }
}

static void advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                    double step, double pull, const double *metric, const double *drift, double *W)
{
    (void)shape;
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t;
        const double curvature = 1 / (step * (metric ? metric[j] : 1));
        erm_entry at = entries_of(self)[j];
        at.l2 += pull;
        for (int64_t times = count ? count[t] : 1; times > 0; times--)
            W[j] = erm__entry_least(&at, W[j], drift ? drift[j] : 0, curvature);
    }
}

static const erm_regularizer_ops ops = {
    .name = "entries",
    .separable = true,
    .value = value,
    .prox = prox,
    .advance = advance,
};

erm_regularizer erm__entries(const erm_entry *entry) { return (erm_regularizer){.ops = &ops, .data = entry}; }
