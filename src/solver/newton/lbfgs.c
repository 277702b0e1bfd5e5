/* L-BFGS: w += t p, p = -B g with B built from the last steps, and a line search on the margins.
 *
 * Nocedal (1980), Liu and Nocedal (1989); Nocedal and Wright (2006), algorithm 7.5. The full step t = 1 is tried with one
 * sweep that gives value, gradient and margins, so that a step that is taken as it is reads X once. Otherwise the margins of
 * the two points give those of all between and beyond, and the line search costs O(n k) a trial: then X is read once more,
 * for the gradient.
 *
 * Memory: 3 n k + (2 m + 6) (d + 1) k doubles, m pairs. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/margins.h"
#include "problem/sweep.h"
#include "solver/newton/lbfgs_pairs.h"
#include "solver/newton/lbfgs_search.h"

enum { DEFAULT_PAIRS = 20 };
static const double ARMIJO = 1e-4, WOLFE = 0.9, SEARCH_WOLFE = 0.2;

typedef struct lbfgs {
    double *z, *next_z, *d;         /* n k: margins at w and at the trial point, derivatives */
    double *g, *next_g, *p, *trial; /* size */
    double *scratch;                /* size */
    double value;                   /* F(w) */
    erm__pairs pairs;
} lbfgs;

/* F at w with gradient, margins and derivatives. */
static double evaluate(lbfgs *self, erm_run *run, const double *w, double *z, double *g)
{
    const erm__sweep sweep = {
        .rows = erm__all_rows(run->workspace), .w = w, .centre = run->centre, .gradient = g, .margin = z, .derivative = self->d};
    const double value = erm__sweep_run(run->workspace, &sweep) + erm_run_penalty(run, w);
    erm_run_penalty_gradient(run, w, g);
    run->passes++;
    return value;
}

static erm_status start(void *state, erm_run *run)
{
    lbfgs *self = state;
    const erm_lbfgs_params *params = run->params;
    const int64_t count = run->workspace->n * run->k;
    self->z = erm_run_take(run, count);
    self->next_z = erm_run_take(run, count);
    self->d = erm_run_take(run, count);
    self->g = erm_run_take(run, run->size);
    self->next_g = erm_run_take(run, run->size);
    self->p = erm_run_take(run, run->size);
    self->trial = erm_run_take(run, run->size);
    self->scratch = erm_run_take(run, run->size);
    erm__pairs_take(&self->pairs, run, params && params->pairs > 0 ? params->pairs : DEFAULT_PAIRS);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    const erm_regularizer *R = &run->problem->regularizer;
    if (R->ops->hessian) R->ops->hessian(R, run->shape, run->w, self->scratch);
    erm__pairs_open(&self->pairs, run, self->scratch);
    if (!erm__run_known(run, self->z, self->g)) {
        self->value = evaluate(self, run, run->w, self->z, self->g);
        return ERM_OK;
    }
    self->value = erm__margins_loss(run->workspace, self->z, NULL, 0) + erm_run_penalty(run, run->w);
    erm_run_penalty_gradient(run, run->w, self->g);
    return ERM_OK;
}

static void exchange(double **a, double **b)
{
    double *const other = *a;
    *a = *b;
    *b = other;
}

/* Moves to trial = w + t p, where next_z and next_g are those of the trial point. */
static void move(lbfgs *self, erm_run *run, double t, double value)
{
    erm__pairs_add(&self->pairs, run, t, self->p, self->next_g, self->g);
    memcpy(run->w, self->trial, (size_t)run->size * sizeof(double));
    exchange(&self->z, &self->next_z);
    exchange(&self->g, &self->next_g);
    self->value = value;
}

/* Step t along the ray whose full step has the margins next_z; false if there is none. */
static bool search(lbfgs *self, erm_run *run, double slope)
{
    erm__workspace *ws = run->workspace;
    const int64_t count = ws->n * run->k;
    double *const u = self->next_z;
    for (int64_t i = 0; i < count; i++) u[i] -= self->z[i];
    erm__ray ray = {.run = run, .z = self->z, .u = u, .p = self->p, .trial = self->trial, .gradient = self->scratch};
    const erm__line line = {
        .value = erm__ray_value, .context = &ray, .value0 = self->value, .slope0 = slope, .wolfe = SEARCH_WOLFE};
    const double t = erm__line_search(&line, 1);
    if (t == 0) return false;
    for (int64_t j = 0; j < run->size; j++) self->trial[j] = run->w[j] + t * self->p[j];
    for (int64_t i = 0; i < count; i++) self->next_z[i] = self->z[i] + t * u[i];
    const double loss = erm__margins_derivatives(ws, self->next_z, self->d, NULL);
    erm__sweep_transpose(ws, run->centre, self->d, self->next_g);
    erm_run_penalty_gradient(run, self->trial, self->next_g);
    run->passes++;
    move(self, run, t, loss + erm_run_penalty(run, self->trial));
    return true;
}

static bool try_step(lbfgs *self, erm_run *run)
{
    const double slope = erm__pairs_direction(&self->pairs, run, self->g, self->p);
    if (!(slope < 0)) return false;
    for (int64_t j = 0; j < run->size; j++) self->trial[j] = run->w[j] + self->p[j];
    const double value = evaluate(self, run, self->trial, self->next_z, self->next_g);
    double next_slope = 0;
    for (int64_t j = 0; j < run->size; j++) next_slope += self->next_g[j] * self->p[j];
    const double rounding = 8 * DBL_EPSILON * fabs(self->value);
    if (value <= self->value + ARMIJO * slope + rounding && fabs(next_slope) <= -WOLFE * slope) {
        move(self, run, 1, value);
        return true;
    }
    return search(self, run, slope);
}

static erm_status step(void *state, erm_run *run)
{
    lbfgs *self = state;
    if (try_step(self, run) || self->pairs.count == 0) return ERM_OK;
    erm__pairs_clear(&self->pairs);
    try_step(self, run);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "lbfgs",
    .state_size = sizeof(lbfgs),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_lbfgs(const erm_lbfgs_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
