/* Proximal Newton's method on the matrix of a sample of the rows, for many rows and few columns.
 *
 *     w+ = argmin over v of  g'(v - w) + (v - w)'A (v - w) / 2 + R(v),      A about (1/S) X'diag(s l''(z)) X
 *
 * Lee, Sun and Saunders (2014), "Proximal Newton-type methods for minimizing composite functions". g and F are exact, and cost
 * one pass over X a step, which the certificate needs anyhow; A is summed from rows drawn with probability proportional to their
 * second derivatives (Xu, Yang, Roosta, Re and Mahoney 2016, "Sub-sampled Newton methods with non-uniform sampling"), and each
 * step then teaches it the curvature that was met, by the formula of Broyden, Fletcher, Goldfarb and Shanno. Where that is slow A
 * is summed anew from more rows, in the end from all. The first step solves the problem of a sample (newton_sample.h).
 *
 * Memory: 6 n + 3 (d + 1)^2 doubles and what a Gram matrix takes, and with the sample a quarter of that again. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/gram.h"
#include "problem/margins.h"
#include "problem/squared_loss.h"
#include "problem/sweep.h"
#include "solver/newton/prox_newton.h"
#include "solver/newton/sample_size.h"

enum { MORE_ROWS = 8, MOST_TRIALS = 30, MOST_SAMPLE_STEPS = 20, MOST_DAMPINGS = 6 };
enum { PRODUCTS_A_STEP = 2 };
static const double SAMPLE_SHARE = 0.03, ARMIJO = 1e-2, SLOW = 0.3;
static const double MOST_PROMISED =
    2.5; /* of F, at first order, which is twice what a quadratic falls by; and a sample is off by some */
static const double LEAST_DAMPING = 1e-7, MORE_DAMPING = 100, MOST_DAMPING = 1;

static bool open_state(erm__prox_newton *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n, m = run->size;
    erm__point *const points[] = {&self->now, &self->before};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        points[i]->w = erm_run_take(run, m);
        points[i]->z = erm_run_take(run, n);
        points[i]->g = erm_run_take(run, m);
    }
    self->A = erm_run_take_bytes(run, m, (size_t)m * sizeof(double));
    self->memory = erm__run_scratch(run, erm__gram_memory(ws));
    self->weight = erm_run_take(run, n);
    self->list = erm_run_take_bytes(run, n, sizeof *self->list);
    self->h = erm_run_take(run, n);
    self->p = erm_run_take(run, m);
    self->y = erm_run_take(run, m);
    self->rows = erm__sample_size(ws, run->tol);
    self->damping = LEAST_DAMPING;
    return erm_run_ok(run) && erm__quadratic_open(&self->model, &ws->arena, run->d, &run->problem->regularizer, ws->threads);
}

static bool is_zero(const erm_run *run)
{
    for (int64_t j = 0; j < run->size; j++)
        if (run->w[j] != 0) return false;
    return true;
}

static erm_status open_sample(erm__prox_newton *self, erm_run *run)
{
    const int64_t rows = erm__subproblem_rows(run);
    const bool quadratic = erm__is_squared(&run->problem->loss); /* the first step is as good as any */
    if (rows == 0 || quadratic || !is_zero(run)) return ERM_OK;
    const erm_status status = erm__subproblem_open(&self->sample, run, rows);
    erm__prox_newton *const first = status ? NULL : erm_run_take_bytes(&self->sample.run, 1, sizeof *first);
    const bool opened = first && open_state(first, &self->sample.run);
    erm__subproblem_close(&self->sample, run);
    if (!opened) return ERM_ENOMEM;
    if (self->sample.ws.total_weight > 0) self->first = first;
    return ERM_OK;
}

static erm_status start(void *state, erm_run *run)
{
    erm__prox_newton *self = state;
    if (!open_state(self, run)) return ERM_ENOMEM;
    run->begins_with_gradient = erm__certificate_is_a_pass(run);
    memcpy(self->now.w, run->w, (size_t)run->size * sizeof(double));
    erm_run_prox(run, 1e-300, NULL, run->w, run->w); /* into the set, where there is one */
    if (memcmp(self->now.w, run->w, (size_t)run->size * sizeof(double)) != 0) run->workspace->known_margin = NULL;
    return open_sample(self, run);
}

/* F and what goes with it at run->w. */
static void look(erm__prox_newton *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    erm__point *const now = &self->now;
    memcpy(now->w, run->w, (size_t)run->size * sizeof(double));
    if (!erm__run_known(run, now->z, now->g)) {
        erm__sweep_run(
            ws,
            &(erm__sweep){.rows = erm__all_rows(ws), .w = run->w, .centre = run->centre, .gradient = now->g, .margin = now->z});
        run->passes++;
    }
    now->value = erm__margins_derivatives(ws, now->z, NULL, self->h) + erm_run_penalty(run, run->w);
}

static void swap_points(erm__prox_newton *self)
{
    const erm__point kept = self->before;
    self->before = self->now;
    self->now = kept;
}

/* The step under trial, or as much of it as brings F down, for which X is read once more. False: nothing does. */
static bool cut(erm__prox_newton *self, erm_run *run)
{
    const int64_t n = run->workspace->n, m = run->size;
    erm__point *const from = &self->before, *const to = &self->now;
    for (int64_t i = 0; i < n; i++) to->z[i] -= from->z[i];
    for (int64_t j = 0; j < m; j++) to->w[j] -= from->w[j];
    double t = 0.5;
    for (int trial = 0; trial < MOST_TRIALS; trial++, t /= 2) {
        for (int64_t j = 0; j < m; j++) run->w[j] = from->w[j] + t * to->w[j];
        const double value = erm__margins_loss(run->workspace, from->z, to->z, t) + erm_run_penalty(run, run->w);
        if (value <= from->value - ARMIJO * t * self->promised && value < from->value) break;
        if (trial + 1 < MOST_TRIALS) continue;
        memcpy(run->w, from->w, (size_t)m * sizeof(double));
        return false;
    }
    return true;
}

/* The matrix is to be summed anew. */
static void take_more_rows(erm__prox_newton *self, const erm_run *run)
{
    const int64_t n = run->workspace->n;
    self->rows = self->rows > n / MORE_ROWS ? n : MORE_ROWS * self->rows;
    self->made = false;
}

/* Whether the step under trial is good; else goes back to where F is lower. */
static void judge(erm__prox_newton *self, erm_run *run)
{
    const double rounding = 8 * DBL_EPSILON * fabs(self->before.value);
    if (self->now.value <= self->before.value - ARMIJO * self->promised + rounding) {
        if (self->made) erm__prox_newton_learn(self, run);
        return;
    }
    cut(self, run);
    run->workspace->known_margin = NULL;
    look(self, run);
    self->damping = fmin(MOST_DAMPING, MORE_DAMPING * self->damping);
    take_more_rows(self, run);
}

/* Judges at once a step of which the model promises more than there is, and which may lead anywhere. */
static bool is_settled(erm__prox_newton *self, erm_run *run)
{
    if (self->promised <= MOST_PROMISED * fabs(self->before.value)) return true;
    const double value = self->before.value;
    run->workspace->known_margin = NULL;
    look(self, run);
    judge(self, run);
    self->promised = 0;
    return self->now.value < value;
}

/* One step; returns what the model promises of F, relative to it. */
static double newton_step(erm__prox_newton *self, erm_run *run)
{
    look(self, run);
    if (self->promised > 0) judge(self, run);
    double promised = 0;
    for (int trial = 0; trial < MOST_DAMPINGS; trial++) {
        const double last = self->promised;
        const bool learned = self->made;
        if (!self->made) erm__prox_newton_make(self, run);
        promised = erm__prox_newton_descend(self, run);
        if (learned && last > 0 && promised > SLOW * last && self->rows < run->workspace->n) {
            take_more_rows(self, run);
            erm__prox_newton_make(self, run);
            promised = erm__prox_newton_descend(self, run);
        }
        self->promised = promised > 0 ? promised : 0;
        swap_points(self);
        if (is_settled(self, run)) break;
    }
    self->steps++;
    return promised / fabs(self->before.value);
}

/* Solves the sample's problem to within a part of what its minimum is likely to be off; the way there is the step under trial. */
static void solve_sample(erm__prox_newton *self, erm_run *run)
{
    erm_run *const sample = &self->sample.run;
    const double off = (double)run->size / (double)sample->workspace->n;
    look(self, run);
    for (int round = 0; round < MOST_SAMPLE_STEPS; round++)
        if (newton_step(self->first, sample) <= SAMPLE_SHARE * off) break;
    run->passes += sample->passes * (double)sample->workspace->n / (double)run->workspace->n;
    memcpy(run->w, sample->w, (size_t)run->size * sizeof(double));
    self->first = NULL;
    self->promised = DBL_MIN;
    swap_points(self);
}

static erm_status step(void *state, erm_run *run)
{
    erm__prox_newton *self = state;
    if (self->first)
        solve_sample(self, run);
    else
        newton_step(self, run);
    run->untried = self->promised > 0;
    return ERM_OK;
}

/* A is summed anew, from all rows, once the steps that a better one would have spared, all but one for each amount, have cost as
 * much as that. */
static void renew(erm__prox_newton *self, const erm_run *run)
{
    const erm__workspace *ws = run->workspace;
    if (PRODUCTS_A_STEP * self->spared * erm__product_cost(ws) < erm__row_cost(ws) * (double)ws->n) return;
    self->rows = ws->n;
    self->spared = 0;
    self->made = false;
}

static void changed(void *state, erm_run *run)
{
    erm__prox_newton *self = state;
    if (self->promised > 0 && self->made) {
        look(self, run); /* what the last step shows is still true */
        erm__prox_newton_learn(self, run);
    }
    self->promised = 0;
    if (self->steps > 1) self->spared += (double)(self->steps - 1);
    self->steps = 0;
    renew(self, run);
}

static const erm_solver_ops ops = {
    .name = "prox-newton",
    .state_size = sizeof(erm__prox_newton),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_ADVANCE_OR_GROUPS | ERM_NEEDS_ONE_OUTPUT | ERM_CAN_RESUME,
    .start = start,
    .step = step,
    .changed = changed,
};

erm_solver erm_solver_prox_newton(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
