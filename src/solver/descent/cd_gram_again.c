/* A matrix that is used again: for fewer columns, and after steps that have shown the curvature along them.
 *
 *     G += y y' / y'p - G p p'G / p'G p,      p: the change of w since the slopes were taken, y: that of the slopes
 *
 * by Broyden, Fletcher, Goldfarb and Shanno (1970); Nocedal and Wright (2006), section 6.1. With an intercept the slopes are
 * those that are left when it has been minimised out. */
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "solver/descent/cd_gram.h"

static const double LEAST_SEEN = 1e-3; /* of the curvature that G had */

static bool has(const erm__cd_gram *self, int32_t j)
{
    const int64_t c = self->place[j];
    return c < self->columns.n && self->features[c] == j;
}

/* Keeps the rows and columns of G for the list, which rises as the features do. Returns whether those that go had not moved. */
static bool keep(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list)
{
    const int64_t old = self->columns.n + 1, m = k + 1;
    bool still = true;
    int64_t next = 0;
    for (int64_t c = 0; c < self->columns.n; c++) {
        if (next < k && self->features[c] == list[next])
            next++;
        else
            still &= full->w[self->features[c]] == self->point[c];
    }
    for (int64_t c = 0; c < k && m < old; c++) {
        const int64_t from = self->place[list[c]];
        for (int64_t e = 0; e < k; e++) self->G[c * m + e] = self->G[from * old + self->place[list[e]]];
        self->start[c] = self->start[from];
        self->point[c] = self->point[from];
        self->mean[c] = self->mean[from];
    }
    return still;
}

ERM_KERNEL static double product(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

ERM_KERNEL static void add_outer(int64_t k, const double *y, const double *v, double seen, double known, double *G)
{
    for (int64_t c = 0; c < k; c++) {
        const double a = y[c] / seen, b = v[c] / known;
        double *const row = G + c * (k + 1);
        ERM_SIMD
        for (int64_t e = 0; e < k; e++) row[e] += a * y[e] - b * v[e];
    }
}

/* slope: now. */
static void learn(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const double *slope)
{
    double *const p = self->point, *const y = self->start, *const v = self->change;
    double known = 0, seen = 0;
    for (int64_t c = 0; c < k; c++) {
        p[c] = full->w[list[c]] - p[c];
        y[c] = slope[c] + full->shift * self->mean[c] * full->h_sum / full->total_weight - y[c];
    }
    for (int64_t c = 0; c < k; c++) v[c] = product(k, self->G + c * (k + 1), p);
    known = product(k, p, v);
    seen = product(k, p, y);
    if (known > 0 && seen > LEAST_SEEN * known) add_outer(k, y, v, seen, known, self->G);
}

bool erm__cd_gram_can_again(const erm__cd_gram *self, int64_t k, const int32_t *list)
{
    bool all = self->made && self->picked;
    for (int64_t c = 0; all && c < k; c++) all = has(self, list[c]);
    return all;
}

void erm__cd_gram_again(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const double *slope,
                        const double *origin)
{
    const bool still = keep(self, full, k, list);
    if (still && full->h) learn(self, full, k, list, slope);
    erm__cd_gram_set(self, full, k, list, slope, origin);
}
