/* Dual coordinate ascent's epoch over compressed rows of doubles, for R that is quadratic: the general one (dual_epoch.c) in one
 * loop, as most of the time goes by in rows of some ten to some hundred values.
 *
 * The numbers of a row (a_i, y_i, its curvature and start) come from five arrays at a place that no prefetcher guesses, so they
 * are asked for first, and when they are there the values. */
#include "base/simd.h"
#include "solver/dual/dual_step.h"

enum { FAR = 16 /* rows */, LINE = 64, FETCH_MOST = 2048 /* bytes of a row; the processor sees by itself what follows */ };

ERM_INLINE void fetch(const void *from, int64_t bytes)
{
    for (int64_t at = 0; at < bytes && at < FETCH_MOST; at += LINE) __builtin_prefetch((const char *)from + at);
}

ERM_INLINE void fetch_numbers(const erm__dual *self, const erm_run *run, int64_t i)
{
    __builtin_prefetch(&self->compressed->start[i]);
    __builtin_prefetch(&self->a[i]);
    __builtin_prefetch(&self->q[i]);
    __builtin_prefetch(&run->problem->y[i]);
}

ERM_INLINE void fetch_values(const erm_csr *X, int64_t i)
{
    const int64_t first = X->start[i], n = X->start[i + 1] - first;
    fetch((const double *)X->values + first, n * (int64_t)sizeof(double));
    fetch(X->index + first, n * (int64_t)sizeof(int32_t));
}

ERM_KERNEL double erm__dual_visit_compressed(erm__dual *self, erm_run *run, double idle)
{
    const erm_csr *const X = self->compressed;
    const int64_t count = self->active, *const order = self->order, *const turn = self->turn;
    const double *const values = X->values, S = run->workspace->total_weight, alike = self->alike;
    double *const w = run->w, *const bias = run->problem->intercept ? w + run->d : NULL, gain = 0, effort = 0;
    erm__unrest unrest = {0};
    for (int64_t t = 0; t < count; t++) {
        if (t + FAR < count) fetch_numbers(self, run, order[turn[t + FAR]]);
        if (t + ERM_DUAL_AHEAD < count) fetch_values(X, order[turn[t + ERM_DUAL_AHEAD]]);
        const int64_t i = order[turn[t]], first = X->start[i], n = X->start[i + 1] - first;
        const double a = self->a[i], *const x = values + first, s = erm__dual_weight(run, i);
        const double z = erm__dual_sparse_dot(n, x, X->index + first, w) + (bias ? *bias : 0) + erm__dual_offset(run, i);
        double next;
        const erm__stance found = erm__dual_consider(self, run, i, z, a, &next);
        effort += (double)(n + ERM_DUAL_ROW_COST);
        erm__unrest_add(&unrest, found.violation);
        if (found.slack > idle) self->order[turn[t]] = -1;
        if (next == a) continue;
        gain += 0.5 * s * self->q[i] * (next - a) * (next - a);
        self->a[i] = next;
        const double along = -(next - a) * s / S;
        if (bias) *bias += along * self->loose;
        if (alike > 0)
            erm__dual_sparse_add(n, along * alike, x, X->index + first, w);
        else
            erm__dual_sparse_add_scaled(n, along, x, X->index + first, self->inverse, w);
    }
    self->gain += gain;
    self->effort += effort;
    return erm__unrest_typical(&unrest);
}
