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
#include "solver/cd_state.h"

static const double ARMIJO = 1e-2, SHRINK = 0.5, LEAST_DAMPING = 1e-5;
static const double PACKED_COST = 2, SUM_COST = 0.05, PASSES_SAVED = 10, READ_COST = 0.5,
                    PAIR_COST = 1.5;                              /* measured: in steps along a stored value */
static const double LEAST_ROWS = 4096, MORE_ROWS = 4, SLOW = 0.3; /* of a sample; and when it is to grow */
enum { MOST_TRIALS = 12, MOST_DAMPINGS = 5, MOST_PASSES = 200 };

void erm__descent_derivatives(erm__descent *self, erm_run *run)
{
    self->loss = erm__margins_derivatives(run->workspace, self->z, self->d, self->squared ? NULL : self->h);
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
}

/* The columns of the working set, for the model's h. */
static void open_columns(erm__descent *self, const erm_run *run, int64_t count)
{
    if (!self->squared) {
        erm__cd_open(&self->model, count, self->list, run->workspace->threads);
        return;
    }
    int64_t fresh = 0;
    for (int64_t t = 0; t < count; t++) {
        if (self->opened[self->list[t]]) continue;
        self->opened[self->list[t]] = true;
        self->active[fresh++] = self->list[t];
    }
    erm__cd_open(&self->model, fresh, self->active, run->workspace->threads);
}

static int64_t unit_size(const erm__descent *self, int32_t unit)
{
    return self->model.groups ? self->groups.start[unit + 1] - self->groups.start[unit] : 1;
}

static int64_t unit_member(const erm__descent *self, int32_t unit, int64_t p)
{
    return self->model.groups ? self->groups.member[self->groups.start[unit] + p] : unit;
}

/* kept = w, of the working set. */
static void remember(erm__descent *self, int64_t count, const double *w, double *kept)
{
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < unit_size(self, self->list[t]); p++) {
            const int64_t j = unit_member(self, self->list[t], p);
            kept[j] = w[j];
        }
}

/* w = from + t (end - from) */
static void go(erm__descent *self, int64_t count, double t, const double *end, double *w)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t p = 0; p < unit_size(self, self->list[i]); p++) {
            const int64_t j = unit_member(self, self->list[i], p);
            w[j] = t == 1 ? end[j] : self->from[j] + t * (end[j] - self->from[j]);
        }
}

/* u = X (w - from) + shift */
static void margins_change(erm__descent *self, int64_t count, const double *w)
{
    const erm__cd *model = &self->model;
    const double constant = model->intercept ? model->shift : 0;
    for (int64_t i = 0; i < model->X->n; i++) self->u[i] = constant;
    int64_t changed = 0;
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < unit_size(self, self->list[t]); p++) {
            const int64_t j = unit_member(self, self->list[t], p);
            if (w[j] == self->from[j]) continue;
            self->moved[changed] = (int32_t)j;
            self->pull[changed++] = w[j] - self->from[j];
        }
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

/* After a full step, or one that was cut: by then a small sample of the rows is blamed first. */
static void adapt(erm__descent *self, bool full)
{
    if (full)
        self->damping = fmax(LEAST_DAMPING, self->damping / 10);
    else if (self->sampled)
        self->sampling *= MORE_ROWS;
    else
        self->damping = fmin(1, 10 * self->damping);
}

/* Moves w and z by the longest step that brings F down enough. False if none of a few does: w is then as before. */
static bool line_search(erm__descent *self, erm_run *run, int64_t count)
{
    const int64_t n = self->model.X->n;
    double *const end = self->end;
    remember(self, count, run->w, end);
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
        adapt(self, t == 1);
        return true;
    }
    go(self, count, 1, self->from, run->w);
    return false;
}

int64_t erm__descent_members(const erm__descent *self, int64_t count, int32_t *columns)
{
    int64_t found = 0;
    for (int64_t t = 0; t < count; t++)
        for (int64_t p = 0; p < unit_size(self, self->list[t]); p++)
            columns[found++] = (int32_t)unit_member(self, self->list[t], p);
    return found;
}

/* How many rows stand for all. */
static double rows_for(const erm__descent *self, int64_t count)
{
    const double n = (double)self->model.X->n;
    return self->squared ? n : fmin(n, fmax(LEAST_ROWS, self->sampling * (double)count));
}

/* Whether the matrix of the working set costs less than a few passes over its columns; and how it is summed at less cost. */
static bool pays_off(erm__descent *self, int64_t count)
{
    const double k = (double)count, rows = rows_for(self, count);
    if (count == 0 || count > self->gram.room) return false;
    double stored = 0;
    for (int64_t t = 0; t < count; t++) stored += (double)erm__column_count(self->model.X, self->list[t]);
    double cost = PACKED_COST * rows * k + SUM_COST * rows * k * k;
    const double pairs = READ_COST * stored + PAIR_COST * erm__cd_gram_pairs(self->model.X, stored, rows) + SUM_COST * k * k;
    self->gram.by_pairs = self->gram.column && pairs < cost;
    if (self->gram.by_pairs) cost = pairs;
    return cost < PASSES_SAVED * stored;
}

/* The same model by the matrix of its working set, from a sample of rows (all, where the loss itself is quadratic). */
static erm__cd *begin_gram(erm__descent *self, erm_run *run, int64_t count)
{
    erm__cd *const full = &self->model;
    erm__row_sample_draw(&self->sample, (int64_t)rows_for(self, count), &run->rng);
    self->sampled = self->sample.stride > ERM_GRAM_ROWS;
    if (full->X->start) open_columns(self, run, count);
    if (!self->fresh) erm__columns_dots(full->X, count, self->list, self->d, run->workspace->threads, self->pull);
    for (int64_t t = 0; t < count; t++) self->pull[t] = self->fresh ? self->g[self->list[t]] : self->pull[t] / full->total_weight;
    erm__cd_gram_begin(&self->gram, full, count, self->list, &self->sample, self->pull, self->from);
    return &self->gram.cd;
}

/* Minimises the model. */
static erm__cd_done minimise(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio)
{
    erm__cd *model = &self->model;
    erm__cd_begin(model, self->squared ? run->problem->weight : self->h, self->d);
    const bool small = pays_off(self, count);
    self->sampled = false;
    if (small)
        model = begin_gram(self, run, count);
    else
        open_columns(self, run, count);
    self->anderson.y_length = model->X->n + 1;
    const erm__cd_job job = {.count = count,
                             .list = self->list,
                             .active = self->active,
                             .tol = tol,
                             .ratio = ratio,
                             .most = MOST_PASSES,
                             .rng = self->params.random_order ? &run->rng : NULL,
                             .anderson = self->params.no_anderson ? NULL : &self->anderson,
                             .x = self->point_x,
                             .y = self->point_y};
    const erm__cd_done done = erm__cd_solve(model, &job);
    if (small) self->model.shift = erm__cd_gram_shift(&self->gram, self->model.shift);
    run->passes += small ? (double)count / (double)self->units : 2 * done.work / (double)(self->units > 0 ? self->units : 1);
    return done;
}

double erm__descent_round(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio)
{
    remember(self, count, run->w, self->from);
    if (self->model.X->by_rows)
        erm__columns_want(run->columns, erm__descent_members(self, count, self->moved), self->moved, run->workspace->threads,
                          self->absent);
    for (int attempt = 0; attempt < MOST_DAMPINGS; attempt++) {
        if (!self->squared) raise_curvature(self, run);
        const erm__cd_done done = minimise(self, run, count, tol, ratio);
        if (done.first == 0 && self->model.shift == 0) return 0;
        margins_change(self, count, run->w);
        if (self->squared) {
            for (int64_t i = 0; i < self->model.X->n; i++) self->z[i] += self->u[i];
            self->b += self->model.intercept ? self->model.shift : 0;
            self->penalty = penalty_of(run);
            return done.first;
        }
        if (line_search(self, run, count)) {
            if (self->sampled && !self->fresh && done.first > SLOW * self->last_change) self->sampling *= MORE_ROWS;
            self->last_change = done.first;
            self->fresh = false;
            return done.first;
        }
        if (self->sampled)
            self->sampling *= MORE_ROWS * MORE_ROWS;
        else
            self->damping = fmin(1, fmax(1e-3, 30 * self->damping));
    }
    return 0;
}
