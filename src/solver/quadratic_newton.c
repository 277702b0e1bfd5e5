/* Newton steps on the support of a quadratic plus a regularizer.
 *
 * Of a separable R the fixed point w = prox(w - s g) is solved: with D the slope of the prox and p its value, on the
 * variables with D > 0
 *     (G + diag((1 - D) / (s D))) delta = -(w - p) / (s D),
 * the semismooth Newton method of Qi and Sun (1993). The proxes are piecewise linear, so that a difference quotient gives D. A
 * variable that would change its sign stops at 0; where that does not bring the objective down, the step ends at the first
 * such change, as in the feature-sign search of Lee, Battle, Raina and Ng (2006). */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "base/simd.h"
#include "solver/quadratic.h"

/* A multiplication of coordinate descent costs as much as so many of a factorisation; a new factor waits for as much work. */
static const double FACTOR_SPEED = 100;

/* curve = slope of the prox; support and step = -(residual) on it. */
static int64_t separable_support(erm__quadratic *self)
{
    const erm_regularizer *const R = &self->R;
    const int64_t m = self->m;
    double *const above = self->ahead, *const below = self->trial;
    for (int64_t j = 0; j < m; j++) {
        const double v = self->w[j] - self->metric[j] * self->g[j], h = 1e-6 * fabs(v);
        above[j] = v + h;
        below[j] = v - h;
        self->curve[j] = above[j] - below[j];
        self->point[j] = v;
    }
    R->ops->prox(R, self->shape, 1, self->metric, above, above);
    R->ops->prox(R, self->shape, 1, self->metric, below, below);
    R->ops->prox(R, self->shape, 1, self->metric, self->point, self->point);
    int64_t count = 0;
    for (int64_t j = 0; j < m; j++) {
        const double slope = self->curve[j] > 0 ? (above[j] - below[j]) / self->curve[j] : 0;
        if (!(slope > 1e-6) || self->w[j] == 0) continue; /* what is 0 enters by coordinate descent alone */
        self->curve[j] = fabs(slope - 1) < 1e-8 ? 0 : (1 - slope) / (self->metric[j] * slope);
        self->step[count] = (self->point[j] - self->w[j]) / (self->metric[j] * slope);
        self->support[count++] = (int32_t)j;
    }
    return count;
}

/* How many rows of the factor are those of the new one, too: the supports begin alike, and R has no curvature on them. They are
 * moved to where they belong in a matrix of that order. */
static int64_t rows_kept(erm__quadratic *self, int64_t count)
{
    const int64_t old = self->factored ? self->factored_count : 0;
    int64_t same = 0;
    while (same < old && same < count && self->support[same] == self->factored_support[same]) same++;
    for (int64_t a = 0; a < count; a++)
        if (self->curve[self->support[a]] != 0) same = 0;
    same -= same % ERM_CHOLESKY_WIDE;
    for (int64_t t = 0; t < same; t++) {
        const int64_t a = count > old ? same - 1 - t : t;
        memmove(self->factor + a * count, self->factor + a * old, (size_t)(a + 1) * sizeof(double));
    }
    return same;
}

/* factor = Cholesky of G on the support and the curvature of R; kept while both stay the same. */
static bool factor(erm__quadratic *self, int64_t count, bool worth_it)
{
    double *const A = self->factor;
    const bool constant = !self->start; /* R's curvature changes with the support alone, but for groups */
    const size_t bytes = (size_t)count * sizeof(int32_t);
    if (constant && self->factored && self->factored_count == count && !memcmp(self->support, self->factored_support, bytes))
        return true;
    const double size = (double)count;
    if (!worth_it && self->work < size * size * size / (3 * FACTOR_SPEED)) return false;
    self->work = 0;
    const int64_t known = constant ? rows_kept(self, count) : 0;
    for (int64_t a = known; a < count; a++) {
        const double *const row = self->G + self->support[a] * self->room;
        for (int64_t b = 0; b <= a; b++) A[a * count + b] = row[self->support[b]];
        A[a * count + a] *= 1 + 1e-13;
        if (constant) A[a * count + a] += self->curve[self->support[a]];
    }
    if (!constant) erm__blocks_hessian(self, count, A);
    self->factored = erm__cholesky_go_on(count, known, A, self->threads);
    self->factored_count = count;
    memcpy(self->factored_support, self->support, bytes);
    return self->factored;
}

ERM_KERNEL static void add_scaled(int64_t n, double factor, const double *x, double *y)
{
    for (int64_t i = 0; i < n; i++) y[i] += factor * x[i];
}

/* Where the way from w to w + delta first meets 0; the whole way is 1. */
static double first_crossing(const erm__quadratic *self, int64_t count, int64_t *at)
{
    double least = 1;
    *at = -1;
    for (int64_t a = 0; a < count; a++) {
        const double w = self->w[self->support[a]], delta = self->step[a];
        if (w == 0 || w * (w + delta) >= 0 || -w / delta >= least) continue;
        least = -w / delta;
        *at = a;
    }
    return least;
}

/* trial = w + t step within R's set, entries that change sign (all, or the one that is first) at 0. */
static void make_trial(erm__quadratic *self, int64_t count, double t, int64_t stop, bool kinks)
{
    memcpy(self->trial, self->w, (size_t)self->m * sizeof(double));
    for (int64_t a = 0; a < count; a++) {
        const int32_t j = self->support[a];
        const double w = self->w[j] + t * self->step[a];
        self->trial[j] = kinks && (a == stop || w * self->w[j] < 0) ? 0 : w;
    }
    if (self->R.ops->separable) self->R.ops->prox(&self->R, self->shape, DBL_MIN, self->metric, self->trial, self->trial);
}

/* Moves to `trial` where that does not bring f + R up; ahead: the gradient there. */
static bool try_move(erm__quadratic *self, double penalty)
{
    const size_t bytes = (size_t)self->m * sizeof(double);
    double rise = 0;
    memcpy(self->ahead, self->g, bytes);
    for (int64_t j = 0; j < self->m; j++) {
        const double delta = self->trial[j] - self->w[j];
        if (delta != 0) add_scaled(self->m, delta, self->G + j * self->room, self->ahead);
    }
    for (int64_t j = 0; j < self->m; j++) rise += (self->trial[j] - self->w[j]) * (self->g[j] + self->ahead[j]) / 2;
    const double R = self->R.ops->value(&self->R, self->shape, self->trial);
    if (!(rise + (R - penalty) <= 1e-15 * fabs(self->f + penalty))) return false;
    if (!memcmp(self->w, self->trial, bytes)) return false;
    memcpy(self->w, self->trial, bytes);
    memcpy(self->g, self->ahead, bytes);
    self->f += rise;
    return true;
}

/* Is R bent at 0 for single entries? */
static bool has_kinks(const erm_regularizer *R) { return R->ops->separable || R->param[0] > 0; }

bool erm__quadratic_newton(erm__quadratic *self, bool worth_it)
{
    enum { HALVINGS = 4 };
    const int64_t count = self->start ? erm__blocks_support(self) : separable_support(self);
    if (count == 0 || !factor(self, count, worth_it)) return false;
    erm__cholesky_solve(count, 1, self->factor, self->step);
    const double penalty = self->R.ops->value(&self->R, self->shape, self->w);
    const bool kinks = has_kinks(&self->R);
    make_trial(self, count, 1, -1, kinks);
    if (try_move(self, penalty)) return true;
    int64_t stop = -1;
    double t = kinks ? first_crossing(self, count, &stop) : 1;
    if (stop < 0) t /= 2;
    for (int i = 0; i < HALVINGS; i++, t /= 2, stop = -1) {
        make_trial(self, count, t, stop, kinks);
        if (try_move(self, penalty)) return true;
    }
    return false;
}
