/* Proximal gradient: FISTA in the metric of the columns, with a step that adapts both ways and a restart of the momentum.
 *
 * Beck and Teboulle (2009), SIAM J. Imaging Sci. 2: v = w + beta (w - w_old), w_new = prox_t(v - t grad(v)), backtracking on
 *     f(w_new) <= f(v) + g'(w_new - v) + ||w_new - v||^2 / (2 t).
 * with beta = (a_k - 1) / a_{k+1}; steps that may grow again keep the rate if t_{k+1} a_{k+1} (a_{k+1} - 1) = t_k a_k^2
 * (Scheinberg, Goldfarb and Bai 2014, Found. Comput. Math. 14). O'Donoghue and Candes (2015), Found. Comput. Math. 15:
 * restart when (v - w_new)'(w_new - w) > 0. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "ermopt/solver.h"

static const double SHRINK = 0.5, GROW = 1.1;
enum { MOST_TRIALS = 80 };

typedef struct prox {
    erm_prox_params params;
    double *v, *g, *next_w, *old_w, *forward;
    double t, last_t; /* steps */
    bool informed;    /* the last comparison of f with its model was above rounding */
    double a;         /* momentum: 1, then growing like k / 2 */
} prox;

static double metric_of(const erm_run *run, int64_t j) { return run->metric ? run->metric[j / run->k] : 1; }

static erm_rows all(const erm_run *run) { return (erm_rows){.count = run->problem->X->rows}; }

static erm_status start(void *state, erm_run *run)
{
    prox *self = state;
    if (run->params) self->params = *(const erm_prox_params *)run->params;
    if (run->problem->regularizer.ops->nonconvex) self->params.plain = true; /* momentum may circle */
    erm_run_parameters(run, 3, (const double[]){self->params.plain, self->params.no_restart, self->params.step});
    self->v = erm_run_take(run, run->size);
    self->g = erm_run_take(run, run->size);
    self->next_w = erm_run_take(run, run->size);
    self->old_w = erm_run_take(run, run->size);
    self->forward = erm_run_take(run, run->size);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    erm_run_prox(run, DBL_MIN, NULL, run->w, run->w); /* into the set, where there is one */
    memcpy(self->old_w, run->w, (size_t)run->size * sizeof(double));
    self->a = 1;
    self->t = 1;
    if (!run->metric &&
        !(self->params.step > 0)) { /* a first guess at 1 / curvature from the gradient's size; backtracking does the rest */
        const double value = erm_run_gradient(run, all(run), run->w, self->g);
        double squares = 0;
        for (int64_t j = 0; j < run->size; j++) squares += self->g[j] * self->g[j];
        if (squares > 0) self->t = (fabs(value) + 1) / squares;
    }
    if (self->params.step > 0) self->t = self->params.step;
    self->last_t = self->t;
    return ERM_OK;
}

/* v = w + beta (w - old_w) */
static void extrapolate(const erm_run *run, prox *self, double beta)
{
    for (int64_t j = 0; j < run->size; j++) self->v[j] = run->w[j] + beta * (run->w[j] - self->old_w[j]);
}

/* next_w = prox(v - t M g) */
static void forward_backward(erm_run *run, prox *self)
{
    for (int64_t j = 0; j < run->size; j++) self->forward[j] = self->v[j] - self->t * metric_of(run, j) * self->g[j];
    erm_run_prox(run, self->t, run->metric, self->forward, self->next_w);
}

/* Is the step short enough? f(next_w) against its model at v. Where the change is lost in the rounding of f, the answer is yes,
 * and says nothing: the step then may not grow. */
static bool model_holds(erm_run *run, prox *self, double value)
{
    double slope = 0, length = 0;
    for (int64_t j = 0; j < run->size; j++) {
        const double s = self->next_w[j] - self->v[j];
        slope += self->g[j] * s;
        length += s * s / metric_of(run, j);
    }
    const double rounding = 8 * DBL_EPSILON * fabs(value);
    self->informed = length / (2 * self->t) > 100 * rounding;
    return erm_run_loss(run, all(run), self->next_w) <= value + slope + length / (2 * self->t) + rounding;
}

/* (v - next_w)'(next_w - w) > 0 in the metric: the momentum points uphill. */
static bool overshoots(const erm_run *run, const prox *self)
{
    double product = 0;
    for (int64_t j = 0; j < run->size; j++)
        product += (self->v[j] - self->next_w[j]) * (self->next_w[j] - run->w[j]) / metric_of(run, j);
    return product > 0;
}

/* a_{k+1} >= 1 with t_{k+1} a_{k+1} (a_{k+1} - 1) = t_k a_k^2. */
static double next_momentum(const prox *self) { return (1 + sqrt(1 + 4 * self->last_t / self->t * self->a * self->a)) / 2; }

/* One iteration from w with step t: next_w, and whether the step was short enough. */
static bool attempt(erm_run *run, prox *self, double *momentum)
{
    *momentum = self->params.plain ? 1 : next_momentum(self);
    extrapolate(run, self, (self->a - 1) / *momentum);
    const double value = erm_run_gradient(run, all(run), self->v, self->g);
    forward_backward(run, self);
    return self->params.step > 0 || model_holds(run, self, value);
}

static erm_status step(void *state, erm_run *run)
{
    prox *self = state;
    double momentum = 1;
    if (self->informed) self->t *= GROW;
    bool accepted = attempt(run, self, &momentum);
    for (int trial = 0; !accepted && trial < MOST_TRIALS; trial++) {
        self->t *= SHRINK;
        accepted = attempt(run, self, &momentum);
    }
    if (!accepted) return ERM_OK; /* rounding level, which erm_solve sees as standing still */
    const bool restart = !self->params.no_restart && overshoots(run, self);
    self->a = restart ? 1 : momentum;
    self->last_t = self->t;
    double *const old = self->old_w;
    memcpy(old, run->w, (size_t)run->size * sizeof(double));
    memcpy(run->w, self->next_w, (size_t)run->size * sizeof(double));
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "prox",
    .state_size = sizeof(prox),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_prox(const erm_prox_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
