/* One round of prox-Newton on a working set: coordinate descent on the quadratic model around w, then a line search.
 *
 * Lee, Sun and Saunders (2014), "Proximal Newton-type methods for minimizing composite functions"; Yuan, Ho and Lin (2012),
 * "An improved GLMNET for l1-regularized logistic regression". With the change u of the margins kept, a trial costs O(n):
 *     F(w + t p) <= F(w) + sigma t (g'p + R(w + p) - R(w)).
 * Second derivatives are raised to a share of the largest, as by Levenberg (1944), which grows where steps had to be cut: at 1
 * the model is an upper bound of the loss, and no step need be cut. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/margins.h"
#include "solver/descent/cd_state.h"

static const double ARMIJO = 1e-2, SHRINK = 0.5;
static const double MORE_ROWS = 4, SLOW = 0.3; /* rows of a sample, and when there are to be more */
enum { MOST_TRIALS = 12, MOST_DAMPINGS = 5 };
static const double USUAL_DAMPING = 1e-5, LEAST_DAMPING = 1e-15; /* far rows have hardly a curvature, but may have huge values */

void erm__descent_derivatives(erm__descent *self, erm_run *run)
{
    self->loss = erm__margins_derivatives(run->workspace, self->z, self->d, self->squared ? NULL : self->h);
    self->derived = true;
}

/* h = max(h, damping s C) */
static void raise_curvature(erm__descent *self, const erm_run *run)
{
    const double *s = run->problem->weight;
    const int64_t n = self->model.X->n;
    double most = run->problem->loss.ops->curvature(&run->problem->loss, 1);
    if (!isfinite(most)) {
        most = DBL_MIN;
        for (int64_t i = 0; i < n; i++)
            if (!s || s[i] > 0) most = fmax(most, self->h[i] / (s ? s[i] : 1));
    }
    for (int64_t i = 0; i < n; i++) self->h[i] = fmax(self->h[i], self->damping * most * (s ? s[i] : 1));
    self->derived = false;
}

/* kept = w, of the working set. */
static void remember(erm__descent *self, int64_t count, const double *w, double *kept)
{
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < erm__descent_size(self, self->list[t]); p++) {
            const int64_t j = erm__descent_member(self, self->list[t], p);
            kept[j] = w[j];
        }
}

/* w = from + t (end - from) */
static void go(erm__descent *self, int64_t count, double t, const double *end, double *w)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t p = 0; p < erm__descent_size(self, self->list[i]); p++) {
            const int64_t j = erm__descent_member(self, self->list[i], p);
            w[j] = t == 1 ? end[j] : self->from[j] + t * (end[j] - self->from[j]);
        }
}

int64_t erm__descent_changes(erm__descent *self, int64_t count, const double *w)
{
    int64_t changed = 0;
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < erm__descent_size(self, self->list[t]); p++) {
            const int64_t j = erm__descent_member(self, self->list[t], p);
            if (w[j] == self->from[j]) continue;
            self->moved[changed] = (int32_t)j;
            self->pull[changed++] = w[j] - self->from[j];
        }
    return changed;
}

/* u = X (w - from) + shift */
static void margins_change(erm__descent *self, int64_t count, const double *w, int threads)
{
    const erm__cd *model = &self->model;
    const double constant = model->intercept ? model->shift : 0;
    const int64_t changed = erm__descent_changes(self, count, w);
    if (self->by_rows) {
        erm__picked_margins(self->gram.picked, changed, self->moved, self->pull, constant, threads, self->u);
        return;
    }
    for (int64_t i = 0; i < model->X->n; i++) self->u[i] = constant;
    model->X->ops->adds(model->X, changed, self->moved, self->pull, self->u);
}

static double product(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

static double penalty_of(const erm_run *run)
{
    return run->problem->regularizer.ops->value(&run->problem->regularizer, run->shape, run->w);
}

/* For the next round: a matrix that was used again is summed anew, and then from more rows. False: it was the
 * present one of all rows. */
static bool improve_model(erm__descent *self, double more)
{
    const bool better = self->again || self->sampled;
    if (!self->again && self->sampled) self->sampling *= more;
    self->gram.made = false;
    return better;
}

/* After a full step, or one that was cut: then the matrix is blamed first. */
static void adapt(erm__descent *self, bool full)
{
    if (full)
        self->damping = fmax(LEAST_DAMPING, self->damping / 10);
    else if (!improve_model(self, MORE_ROWS))
        self->damping = fmin(1, 10 * fmax(self->damping, USUAL_DAMPING));
}

/* The full step of picked columns, where F is no longer; else all is as before. */
static bool take_full_step(erm__descent *self, erm_run *run, int64_t count, bool is_last)
{
    const double penalty = penalty_of(run), value = self->loss + self->penalty, rounding = 8 * DBL_EPSILON * fabs(value);
    const erm__descent_trial trial = erm__descent_try(self, run, count, !is_last);
    const double slope = trial.slope + penalty - self->penalty;
    if (slope <= rounding && trial.loss + penalty <= value + ARMIJO * slope + rounding) {
        memcpy(self->z, self->dual, (size_t)self->model.X->n * sizeof(double));
        self->b += self->model.intercept ? self->model.shift : 0;
        self->loss = trial.loss;
        self->penalty = penalty;
        self->derived = true;
        adapt(self, true);
        return true;
    }
    self->products = NULL;
    erm__descent_derivatives(self, run);
    raise_curvature(self, run);
    return false;
}

/* Moves w and z by the longest step that brings F down enough. False if none of a few does: w is then as before. */
static bool line_search(erm__descent *self, erm_run *run, int64_t count)
{
    const int64_t n = self->model.X->n;
    double *const end = self->end;
    remember(self, count, run->w, end);
    margins_change(self, count, run->w, run->workspace->threads);
    const double value = self->loss + self->penalty;
    const double slope = product(n, self->d, self->u) / run->workspace->total_weight + penalty_of(run) - self->penalty;
    const double rounding = 8 * DBL_EPSILON * fabs(value);
    double t = 1;
    for (int trial = 0; trial < MOST_TRIALS && slope <= rounding; trial++, t *= SHRINK) {
        go(self, count, t, end, run->w);
        const double penalty = penalty_of(run), loss = erm__margins_loss(run->workspace, self->z, self->u, t);
        if (!(loss + penalty <= value + ARMIJO * t * slope + rounding)) continue;
        for (int64_t i = 0; i < n; i++) self->z[i] += t * self->u[i];
        self->b += self->model.intercept ? t * self->model.shift : 0;
        self->penalty = penalty;
        self->derived = false;
        self->products = NULL;
        adapt(self, t == 1);
        return true;
    }
    go(self, count, 1, self->from, run->w);
    return false;
}

double erm__descent_round(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio)
{
    remember(self, count, run->w, self->from);
    for (int attempt = 0; attempt < MOST_DAMPINGS; attempt++) {
        if (!self->squared) raise_curvature(self, run);
        const erm__cd_done done = erm__descent_minimise(self, run, count, tol, ratio);
        if (done.first == 0 && self->model.shift == 0) return 0;
        if (self->squared) {
            margins_change(self, count, run->w, run->workspace->threads);
            for (int64_t i = 0; i < self->model.X->n; i++) self->z[i] += self->u[i];
            self->b += self->model.intercept ? self->model.shift : 0;
            self->penalty = penalty_of(run);
            return done.first;
        }
        const bool is_last = done.first <= self->enough;
        if ((self->by_rows && take_full_step(self, run, count, is_last)) || line_search(self, run, count)) {
            if (!self->fresh && done.first > SLOW * self->last_change) improve_model(self, MORE_ROWS);
            self->last_change = done.first;
            self->fresh = false;
            return done.first;
        }
        if (!improve_model(self, MORE_ROWS * MORE_ROWS)) self->damping = fmin(1, fmax(1e-3, 30 * self->damping));
    }
    return 0;
}
