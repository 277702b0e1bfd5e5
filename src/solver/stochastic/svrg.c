/* Proximal SVRG: steps by single rows whose noise vanishes at the optimum, because each row's gradient is compared with its
 * gradient at a snapshot. And the frame of SAGA (saga.c) and of the accelerated form (svrg_qning.c).
 *
 * Xiao and Zhang (2014), "A proximal stochastic gradient method with progressive variance reduction", SIAM J. Optim. 24:
 *     w = prox_{t M}(w - t M (g + (grad l_i(w) - grad l_i(snapshot)) / (n p_i))),   g the full gradient at the snapshot,
 * here with M = 1 / (largest entry of the column)^2, and the last iterate as the next snapshot. Loopless: Kovalev, Horvath
 * and Richtarik (2020), "Don't jump through hoops and remove those loops": a coin is tossed after each step whether to take a
 * new snapshot, which makes the lengths of epochs geometrically distributed; they are drawn beforehand here.
 *
 * Default step: 1 / (2 L), L = curvature x the largest r_i / (n p_i) (svrg_draw.c; the p_i follow r_i = ||x_i||^2 in the
 * metric). For a batch of B rows L is ((B - 1) top + L) / B with the largest eigenvalue of the whole Hessian (Gower, Loizou,
 * Qian, Sailanbayev, Shulgin and Richtarik 2019). A guard makes up for bounds that do not hold together: an epoch after
 * which F is larger is done again from its snapshot with half the step; one that gains little less than the one before
 * lengthens the step a little.
 *
 * Memory: n (k + 2) + O(d k) doubles; 45 d k more if accelerated. */
#include "solver/stochastic/svrg.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/sweep.h"
#include "solver/stochastic/stochastic.h"

enum { MOST_TRIALS = 40, DENSE_BATCH = 4 };
static const double SHRINK = 0.5, GROW = 1.1, MOST_GROWTH = 16;
static const double SLOW =
    0.5; /* an epoch that gains more than this part of the last one's gain shows that steps could be longer */
static const double ADVANCE_COST =
    8; /* an entry that `advance` brings up to date costs as much as this many of a plain step over W */

static bool can_advance(const erm_run *run)
{
    const erm_matrix *X = run->problem->X;
    const erm_regularizer_ops *R = run->problem->regularizer.ops;
    const double row = (double)X->nnz / (double)X->rows;
    return X->ops->sparse && X->ops->row && R->separable && R->advance && ADVANCE_COST * row <= (double)run->d;
}

static erm__svrg_way way_of(const erm_run *run)
{
    if (run->centre) return ERM_SVRG_DENSE;
    return erm__lazy_fits(run, 1) ? ERM_SVRG_LAZY : can_advance(run) ? ERM_SVRG_ADVANCE : ERM_SVRG_DENSE;
}

static void choose_ways(erm__svrg *self, const erm_run *run)
{
    const int64_t n = run->problem->X->rows, batch = self->plan.batch;
    self->way = batch <= 1 ? way_of(run) : ERM_SVRG_DENSE;
    const int64_t worth = erm__rows_worth_a_step(run);
    self->batch = self->way != ERM_SVRG_DENSE ? 1 : batch > 0 ? batch : worth > 1 ? worth : DENSE_BATCH;
    if (self->batch > n) self->batch = n;
    if (self->way == ERM_SVRG_DENSE && !self->plan.table && erm__dense_fits(run, self->batch)) self->way = ERM_SVRG_ROWS;
}

static void take(erm__svrg *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows, d = run->d, k = run->k;
    self->snapshot = erm_run_take(run, run->size);
    self->gradient = erm_run_take(run, run->size);
    self->derivative = erm_run_take(run, n * k);
    self->share = erm_run_take(run, n);
    self->drawn = erm_run_take_bytes(run, n, sizeof(int64_t));
    self->metric = erm_run_take(run, run->size);
    self->direction = erm_run_take(run, 2 * run->size);
    self->sums = erm_run_take(run, 2 * k);
    self->z = erm_run_take(run, self->batch * k);
    self->d = erm_run_take(run, self->batch * k);
    self->y = erm_run_take(run, self->batch * run->workspace->targets);
    self->s = erm_run_take(run, self->batch);
    self->o = erm_run_take(run, self->batch * k);
    if (self->way == ERM_SVRG_ROWS) erm__dense_take(&self->dense, run);
    if (self->way == ERM_SVRG_LAZY) erm__lazy_take(&self->lazy, run, false);
    self->reached = erm_run_take_bytes(run, self->way == ERM_SVRG_ADVANCE ? d : 0, sizeof(int64_t));
    self->missed = erm_run_take_bytes(run, self->way == ERM_SVRG_ADVANCE ? d : 0, sizeof(int64_t));
    self->reader = erm__reader_take(run);
    self->range_metric = erm_run_take(run, d + 1);
    self->drift = self->plan.accelerated ? erm_run_take(run, run->size) : self->gradient;
    if (self->plan.accelerated) erm__qning_take(&self->qning, run);
    self->change = erm_run_take(run, self->plan.table ? self->batch * k : 0);
}

/* Makes w the snapshot; returns F there. */
static double look_from(erm__svrg *self, erm_run *run, const double *w)
{
    const erm__sweep sweep = {.rows = {.count = run->problem->X->rows},
                              .w = w,
                              .centre = run->centre,
                              .gradient = self->gradient,
                              .derivative = self->derivative};
    const double loss = erm__sweep_run(run->workspace, &sweep);
    run->passes += 1;
    return loss + erm_run_penalty(run, w);
}

static double default_step(erm__svrg *self, erm_run *run, double row)
{
    const double B = (double)self->batch;
    const double top = self->batch > 1 ? erm__top_eigenvalue(run, row, self->direction) : row;
    const double L = erm__curvature_or_1(run) * ((B - 1) * top + row) / B;
    return L > 0 ? 1 / (2 * L) : 1;
}

erm_status erm__svrg_start(erm__svrg *self, erm_run *run, const erm__svrg_plan *plan)
{
    if (!(plan->step >= 0) || !isfinite(plan->step) || plan->batch < 0 || !(plan->inner >= 0) || !isfinite(plan->inner))
        return ERM_EINVAL;
    self->plan = *plan;
    erm_run_parameters(run, 5, (const double[]){plan->step, (double)plan->batch, plan->inner, plan->loopless, plan->accelerated});
    choose_ways(self, run);
    take(self, run);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    erm__use_range_metric(run, self->reader, self->range_metric);
    erm__spread_metric(run, self->metric);
    if (self->way == ERM_SVRG_LAZY) erm__lazy_open(&self->lazy, run, self->metric);
    const double row = erm__svrg_shares(self, run);
    self->step = plan->step > 0 ? plan->step : default_step(self, run, row);
    self->longest = plan->step > 0 ? plan->step : MOST_GROWTH * self->step;
    erm_run_prox(run, DBL_MIN, NULL, run->w, run->w); /* into the set, where there is one */
    memcpy(self->snapshot, run->w, (size_t)run->size * sizeof(double));
    if (self->plan.accelerated) erm__qning_open(self, run, erm__curvature_or_1(run) * row);
    self->value = look_from(self, run, self->snapshot);
    return ERM_OK;
}

/* How many rows the epoch draws: as planned, or geometrically distributed about that, as if each step ended it by a coin. */
static double draws(const erm__svrg *self, erm_run *run)
{
    const double mean = fmax(1, self->plan.inner * (double)run->problem->X->rows);
    if (!self->plan.loopless) return mean;
    return fmax(1, ceil(log1p(-erm_rng_uniform(&run->rng)) / log1p(-1 / (1 + mean))));
}

static void pass(erm__svrg *self, erm_run *run, int64_t count)
{
    switch (self->way) {
    case ERM_SVRG_DENSE: erm__svrg_dense_pass(self, run, count); break;
    case ERM_SVRG_ROWS: erm__svrg_rows_pass(self, run, count); break;
    case ERM_SVRG_LAZY: erm__svrg_lazy_pass(self, run, count); break;
    case ERM_SVRG_ADVANCE: erm__svrg_advance_pass(self, run, count); break;
    }
}

/* The stochastic steps of one epoch, from run->w. */
static void wander(erm__svrg *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows;
    for (double left = draws(self, run); left >= 1; left -= (double)n) {
        const int64_t count = (int64_t)fmin(left, (double)n);
        erm__svrg_draw(self, run);
        pass(self, run, count);
        run->passes += (double)count / (double)n;
    }
}

static bool all_finite(const erm_run *run)
{
    for (int64_t e = 0; e < run->size; e++)
        if (!isfinite(run->w[e])) return false;
    return true;
}

/* Whether F at the end of an epoch is low enough. */
static bool descends(const erm__svrg *self, const erm_run *run, double value)
{
    const double slack = 8 * DBL_EPSILON * fabs(self->value);
    return value <= self->value + slack && (!self->qning.leapt || erm__qning_descends(self, run, value, slack));
}

static void accept(erm__svrg *self, const erm_run *run, double value)
{
    memcpy(self->snapshot, run->w, (size_t)run->size * sizeof(double));
    const double gain = self->value - value;
    if (gain > SLOW * self->gain) self->step = fmin(self->longest, GROW * self->step);
    self->gain = gain;
    self->value = value;
    if (self->plan.accelerated) erm__qning_advance(self, run, value);
}

/* Back to the snapshot, with a shorter step, or if the epoch started elsewhere from there. */
static void retreat(erm__svrg *self, erm_run *run)
{
    memcpy(run->w, self->snapshot, (size_t)run->size * sizeof(double));
    self->value = look_from(self, run, self->snapshot);
    if (self->qning.leapt)
        erm__qning_retreat(self, run);
    else
        self->step *= SHRINK;
}

erm_status erm__svrg_step(void *state, erm_run *run)
{
    erm__svrg *self = state;
    for (int trial = 0; trial < MOST_TRIALS; trial++) {
        if (self->plan.accelerated) erm__qning_enter(self, run);
        wander(self, run);
        const double value = all_finite(run) ? look_from(self, run, run->w) : INFINITY;
        if (descends(self, run, value)) {
            accept(self, run, value);
            return ERM_OK;
        }
        retreat(self, run);
    }
    return ERM_OK; /* no step brings F down: rounding level, which erm_solve sees as standing still */
}

static erm_status start(void *state, erm_run *run)
{
    const erm_svrg_params params = run->params ? *(const erm_svrg_params *)run->params : (erm_svrg_params){0};
    const bool accelerated = params.accelerated && !run->problem->regularizer.ops->nonconvex; /* else h has many minima */
    const double inner = accelerated ? 1 : 2;
    const erm__svrg_plan plan = {.step = params.step,
                                 .batch = params.batch,
                                 .inner = params.inner == 0 ? inner : params.inner,
                                 .loopless = params.loopless,
                                 .accelerated = accelerated};
    return erm__svrg_start(state, run, &plan);
}

static const erm_solver_ops ops = {
    .name = "svrg",
    .state_size = sizeof(erm__svrg),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_BOUNDED_CURVATURE | ERM_TOUCHES_SINGLE_ROWS | ERM_CAN_RESUME,
    .start = start,
    .step = erm__svrg_step,
};

erm_solver erm_solver_svrg(const erm_svrg_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
