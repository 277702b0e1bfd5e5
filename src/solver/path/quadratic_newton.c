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
#include "base/small_chol.h"
#include "solver/path/quadratic.h"

/* A multiplication of coordinate descent costs as much as so many of a factorisation; a new factor waits for as much work. */
static const double FACTOR_SPEED = 100, LEAST_PIVOT = 1e-8;

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

/* Rows of a matrix of order `old` to where they belong in one of order `order`, which is larger. */
static void spread_rows(double *A, int64_t rows, int64_t old, int64_t order)
{
    for (int64_t a = rows - 1; a > 0; a--) memmove(A + a * order, A + a * old, (size_t)(a + 1) * sizeof(double));
}

static void fill_row(const erm__quadratic *self, int64_t a, int64_t order)
{
    const double *const row = self->G + self->factored_support[a] * self->room;
    double *const out = self->factor + a * order;
    for (int64_t b = 0; b <= a; b++) out[b] = row[self->factored_support[b]];
    out[a] *= 1 + 1e-13;
}

static void append(erm__quadratic *self, int32_t j)
{
    self->factored_support[self->factored_count++] = j;
    self->place[j] = (int32_t)self->factored_count;
}

static bool is_plain(const erm__quadratic *self, int64_t count)
{
    if (self->start) return false;
    for (int64_t a = 0; a < count; a++)
        if (self->curve[self->support[a]] != 0) return false;
    return true;
}

/* Multiplications of a factor. */
static double factor_cost(int64_t order) { return (double)order * (double)order * (double)order / 3; }

/* Is a new factor at the cost of so many multiplications worth it yet? */
static bool is_worth(erm__quadratic *self, double cost, bool worth_it)
{
    if (!worth_it && self->work < cost / FACTOR_SPEED) return false;
    self->work = 0;
    return true;
}

typedef enum extension { DONE, NOT_YET, NOT_POSSIBLE } extension;

/* The factor of another support gets rows for what is new; what has left stays in it. */
static extension extend(erm__quadratic *self, int64_t count, bool worth_it)
{
    const int64_t old = self->factored_count, known = old - old % ERM_CHOLESKY_WIDE;
    int64_t absent = 0;
    for (int64_t a = 0; a < count; a++) absent += self->place[self->support[a]] == 0;
    const int64_t order = old + absent, gone = order - count;
    if (gone > ERM_QUADRATIC_GONE || order > self->room) return NOT_POSSIBLE;
    if (absent == 0) return DONE;
    if (!is_worth(self, factor_cost(order) - factor_cost(known), worth_it)) return NOT_YET;
    spread_rows(self->factor, known, old, order);
    for (int64_t a = 0; a < count; a++)
        if (self->place[self->support[a]] == 0) append(self, self->support[a]);
    for (int64_t a = known; a < order; a++) fill_row(self, a, order);
    self->factored = erm__cholesky_go_on(order, known, self->factor, self->threads);
    for (int64_t a = known; a < order && self->factored; a++) {
        const double pivot = self->factor[a * (order + 1)], whole = self->G[self->factored_support[a] * (self->room + 1)];
        self->factored = pivot * pivot > LEAST_PIVOT * whole; /* what has left may depend on what is there */
    }
    return self->factored ? DONE : NOT_POSSIBLE;
}

/* factor = Cholesky of G on the support and the curvature of R; kept while both stay the same. */
static bool factor(erm__quadratic *self, int64_t count, bool worth_it)
{
    const bool constant = !self->start; /* R's curvature changes with the support alone, but for groups */
    const bool plain = is_plain(self, count);
    const size_t bytes = (size_t)count * sizeof(int32_t);
    if (plain && self->factored && self->plain) {
        const extension now = extend(self, count, worth_it);
        if (now != NOT_POSSIBLE) return now == DONE;
        worth_it |= !self->factored; /* the work is done, and the factor lost */
    } else if (constant && self->factored && !self->plain && self->factored_count == count &&
               !memcmp(self->support, self->factored_support, bytes)) {
        return true;
    }
    if (!is_worth(self, factor_cost(count), worth_it)) return false;
    double *const A = self->factor;
    for (int64_t a = 0; a < self->factored_count; a++) self->place[self->factored_support[a]] = 0;
    self->factored_count = 0;
    for (int64_t a = 0; a < count; a++) append(self, self->support[a]);
    for (int64_t a = 0; a < count; a++) {
        fill_row(self, a, count);
        if (constant) A[a * (count + 1)] += self->curve[self->support[a]];
    }
    if (!constant) erm__blocks_hessian(self, count, A);
    self->factored = erm__cholesky(count, A, self->threads);
    self->plain = plain;
    return self->factored;
}

/* What has left the support, its places in the factor. */
static int64_t list_gone(const erm__quadratic *self, int64_t count, int64_t *gone)
{
    int64_t found = 0, next = 0;
    bool *const stays = self->stays;
    memset(stays, 0, (size_t)self->factored_count * sizeof *stays);
    for (int64_t a = 0; a < count; a++) stays[self->place[self->support[a]] - 1] = true;
    for (; next < self->factored_count; next++)
        if (!stays[next]) gone[found++] = next;
    return found;
}

/* step = inverse of the factored matrix times step. Where the factor F has rows too many, they are kept at
 * 0 by forces mu on them:
 *     x = F^-1 (b + E mu),  E'x = 0. */
static bool solve(erm__quadratic *self, int64_t count)
{
    enum { GONE = ERM_QUADRATIC_GONE, EIGHT = 8 };
    int64_t gone[GONE];
    double S[GONE * GONE], mu[GONE];
    if (!self->plain) {
        erm__cholesky_solve(count, 1, self->factor, self->step);
        return true;
    }
    const int64_t order = self->factored_count, many = list_gone(self, count, gone);
    const int64_t columns = many == 0 ? 1 : (many + EIGHT) / EIGHT * EIGHT; /* all but 1 + many are 0 */
    double *const B = self->sides;
    memset(B, 0, (size_t)(order * columns) * sizeof *B);
    for (int64_t a = 0; a < count; a++) B[(self->place[self->support[a]] - 1) * columns] = self->step[a];
    for (int64_t e = 0; e < many; e++) B[gone[e] * columns + e + 1] = 1;
    erm__cholesky_solve(order, columns, self->factor, B);
    for (int64_t e = 0; e < many; e++) {
        mu[e] = -B[gone[e] * columns];
        for (int64_t f = 0; f < many; f++) S[e * many + f] = B[gone[e] * columns + 1 + f];
    }
    if (!erm__small_cholesky(many, S)) return false;
    erm__small_forward(many, S, mu);
    erm__small_backward(many, S, mu);
    for (int64_t a = 0; a < count; a++) {
        const double *const x = B + (self->place[self->support[a]] - 1) * columns;
        self->step[a] = x[0];
        for (int64_t e = 0; e < many; e++) self->step[a] += x[e + 1] * mu[e];
    }
    return true;
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
    if (count == 0 || !factor(self, count, worth_it) || !solve(self, count)) return false;
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
