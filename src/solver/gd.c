/* Gradient descent: w -= t M g with the metric M, and the Barzilai-Borwein step under a non-monotone line search.
 *
 * Barzilai and Borwein (1988), IMA J. Numer. Anal. 8: t = s'M^-1 s / s'u with s and u the last changes of w and of the
 * gradient. Zhang and Hager (2004), SIAM J. Optim. 14, algorithm NLSA: accept when F(w - t M g) <= C - armijo t g'M g, where
 * C is a running average of values of F; the average makes room for the steps that must go up for a while. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "ermopt/solver.h"

static const double ARMIJO = 1e-4, SHRINK = 0.5, GROW = 2, MEMORY = 0.85, SMALLEST = 1e-10, LARGEST = 1e10;
enum { MOST_TRIALS = 60 };

typedef struct gd {
    erm_gd_params params;
    double *g, *next_w, *next_g;
    double value, step;
    double average, weight; /* Zhang and Hager's C and Q */
} gd;

static double metric_of(const erm_run *run, int64_t j) { return run->metric ? run->metric[j / run->k] : 1; }

/* F, its gradient in g. */
static double value_and_gradient(erm_run *run, const double *w, double *g)
{
    const double loss = erm_run_gradient(run, (erm_rows){.count = run->problem->X->rows}, w, g);
    erm_run_penalty_gradient(run, w, g);
    return loss + erm_run_penalty(run, w);
}

static double fixed_step(erm_run *run, double *scratch)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const double loss = erm_run_smoothness(run, NULL, scratch);
    const double penalty = R->ops->curvature ? R->ops->curvature(R, run->d) : 0;
    return loss + penalty > 0 ? 1 / (loss + penalty) : 1;
}

/* 1 / (curvature of F along its gradient at the start), by one more gradient nearby. */
static double first_step(erm_run *run, gd *self)
{
    double squares = 0;
    for (int64_t j = 0; j < run->size; j++) squares += metric_of(run, j) * self->g[j] * self->g[j];
    return squares > 0 ? fmin(1, (fabs(self->value) + 1) / squares) : 1;
}

static erm_status start(void *state, erm_run *run)
{
    gd *self = state;
    if (run->params) self->params = *(const erm_gd_params *)run->params;
    if (self->params.step < 0) return ERM_EINVAL;
    erm_run_parameters(run, 2, (const double[]){self->params.rule, self->params.step});
    self->g = erm_run_take(run, run->size);
    self->next_w = erm_run_take(run, run->size);
    self->next_g = erm_run_take(run, run->size);
    double *const scratch = erm_run_take(run, 2 * run->size);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    if (self->params.rule == ERM_GD_FIXED) run->metric = NULL; /* the plain method, as in the books */
    self->value = value_and_gradient(run, run->w, self->g);
    self->average = self->value;
    self->weight = 1;
    if (self->params.step > 0)
        self->step = self->params.step;
    else
        self->step = self->params.rule == ERM_GD_FIXED ? fixed_step(run, scratch) : first_step(run, self);
    return ERM_OK;
}

/* next_w = w - t M g; returns g'M g */
static double move(const erm_run *run, gd *self, double t)
{
    double slope = 0;
    for (int64_t j = 0; j < run->size; j++) {
        const double direction = metric_of(run, j) * self->g[j];
        self->next_w[j] = run->w[j] - t * direction;
        slope += direction * self->g[j];
    }
    return slope;
}

static void accept(erm_run *run, gd *self, double value)
{
    memcpy(run->w, self->next_w, (size_t)run->size * sizeof(double));
    double *const g = self->g;
    self->g = self->next_g;
    self->next_g = g;
    self->value = value;
    const double weight = MEMORY * self->weight + 1;
    self->average = (MEMORY * self->weight * self->average + value) / weight;
    self->weight = weight;
}

/* s'M^-1 s / s'u for the step from w to next_w; the step stays what it is where F is flat along it. */
static double barzilai_borwein(const erm_run *run, const gd *self, double t)
{
    double length = 0, curvature = 0;
    for (int64_t j = 0; j < run->size; j++) {
        const double s = self->next_w[j] - run->w[j];
        length += s * s / metric_of(run, j);
        curvature += s * (self->next_g[j] - self->g[j]);
    }
    if (!(curvature > 0)) return fmin(LARGEST, GROW * t);
    return fmin(LARGEST, fmax(SMALLEST, length / curvature));
}

static erm_status step(void *state, erm_run *run)
{
    gd *self = state;
    const bool fixed = self->params.rule == ERM_GD_FIXED, monotone = self->params.rule == ERM_GD_LINE_SEARCH;
    double t = self->step;
    for (int trial = 0; trial < MOST_TRIALS; trial++, t *= SHRINK) {
        const double slope = move(run, self, t);
        const double value = value_and_gradient(run, self->next_w, self->next_g);
        const double target = monotone ? self->value : self->average;
        const double rounding = 8 * DBL_EPSILON * fabs(value);
        if (!fixed && !(value <= target - ARMIJO * t * slope + rounding)) continue;
        if (!fixed) self->step = monotone ? GROW * t : barzilai_borwein(run, self, t);
        accept(run, self, value);
        return ERM_OK;
    }
    return ERM_OK; /* no step brings F down: rounding level, which erm_solve sees as standing still */
}

static const erm_solver_ops ops = {
    .name = "gd",
    .state_size = sizeof(gd),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_gd(const erm_gd_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
