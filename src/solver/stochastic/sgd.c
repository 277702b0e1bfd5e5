/* Stochastic (sub)gradient descent over mini-batches of reshuffled rows, with a prox step for the regularizer and a tail
 * average for the answer.
 *
 * Robbins and Monro (1951); Duchi and Singer (2009), "Efficient online and batch learning using forward backward splitting",
 * for the prox:
 *     w = prox_{t M}(w - t M g),   g = (n / B) (1/S) sum over the batch of s_i grad l_i(w)
 * The estimate has no bias for any batch, a last one with fewer rows included. Step rules: sgd_steps.c. The answer is the
 * mean of the iterates of the last half to three quarters of all steps (Rakhlin, Shamir and Sridharan 2012, alpha-suffix
 * averaging, with the start of the suffix moved at powers of 2 so that nothing is stored); an average of sparse iterates is
 * less sparse.
 *
 * Sparse rows have a way of their own, sgd_lazy.c.
 *
 * Default step: reach / (((B - 1) top + row) / B), row the largest n s_i / S ||x_i||^2 in the metric M = 1 / (largest
 * entry of the column)^2, and top the largest eigenvalue of (1/S) X'X in it: what one batch adds to the Hessian, but for the
 * curvature of the loss. reach is 1 / curvature, or where larger the mean loss over the mean l'^2 at the start: the step of
 * Polyak (1987) for a loss whose least value is 0 (Loizou, Vaswani, Laradji and Lacoste-Julien 2021 take it row by row). It moves
 * a margin by about what there is to move, whatever the unit of y; a loss that is curved near one point only (Huber and
 * smoothed hinge with small parameters) or nowhere has no use for 1 / curvature. AdaGrad and Adam: a multiple of the step
 * that has that length along a first gradient, in every column alike.
 *
 * Accuracy, measured on a9a (n = 32561) with hinge loss and l2 = 1 / n: F is within 3e-3 of its minimum, relatively, after
 * 10 epochs and 1e-3 after 30; on some hundreds of rows that takes some hundreds of epochs, with columns that are nearly
 * dependent more.
 *
 * Memory: n indices and O(d k) doubles, n more for single sparse rows; 3 n k doubles for a loss with a kink (sgd_dual.c). */
#include "solver/stochastic/sgd.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/sweep.h"
#include "solver/run.h"
#include "solver/stochastic/stochastic.h"

enum {
    LEAST_STEPS = 20, /* an epoch, with the default batch */
    SAMPLE = 1024     /* rows that tell the scale of the loss */
};

/* Multiples of the plain step: AdaGrad's fall as gradients add up, Adam's do not. Found good on data from 300 to 30000 rows. */
static const double ADAGRAD_START = 4, ADAM_START = 0.25;

static bool adaptive(const erm__sgd *self) { return self->params.rule == ERM_SGD_ADAGRAD || self->params.rule == ERM_SGD_ADAM; }

static void take(erm__sgd *self, erm_run *run)
{
    const int64_t adapted = adaptive(self) ? run->d + 1 : 0;
    self->list = erm_run_take_bytes(run, run->problem->X->rows, sizeof(int64_t));
    self->w = erm_run_take(run, run->size);
    self->old_w = erm_run_take(run, run->size);
    self->g = erm_run_take(run, run->size);
    self->range_metric = erm_run_take(run, run->d + 1);
    self->reader = erm__reader_take(run);
    self->metric = erm_run_take(run, run->size);
    self->moment = erm_run_take(run, self->params.rule == ERM_SGD_ADAM ? run->size : 0);
    self->squares = erm_run_take(run, adapted);
    self->adaptive = erm_run_take(run, adapted);
    self->scratch = erm_run_take(run, 2 * run->size);
    self->tail = erm__tail_take(run);
    erm__sgd_dual_take(self, run);
}

/* t0 of the plain rules, and for the adaptive ones the change of each standardised weight that makes a step as long. */
static double default_step(erm__sgd *self, erm_run *run)
{
    const double B = (double)self->params.batch;
    const double row = erm__measure_rows(run, self->reader, NULL).heaviest;
    const double top = self->params.batch > 1 ? erm__top_eigenvalue(run, row, self->scratch) : row;
    const double square = ((B - 1) * top + row) / B;
    if (!(square > 0)) return 1;
    if (!adaptive(self)) return self->first.reach / square;
    const double longer = self->params.rule == ERM_SGD_ADAM ? ADAM_START : ADAGRAD_START;
    return longer * self->first.slope * sqrt(row / (double)(run->d + 1)) * self->first.reach / square;
}

static bool valid(const erm_sgd_params *params, bool is_adaptive)
{
    const bool momentum = params->momentum >= 0 && params->momentum < (is_adaptive ? DBL_MIN : 1);
    return params->step >= 0 && isfinite(params->step) && params->batch >= 0 && momentum &&
           (unsigned)params->rule <= ERM_SGD_ADAM;
}

/* Sparse rows stay sparse only if the columns are not centred. */
static void leave_centre(erm_run *run)
{
    erm__run_leave(run, run->w, run->w);
    run->centre = NULL;
}

static erm_status start(void *state, erm_run *run)
{
    erm__sgd *self = state;
    const int64_t n = run->problem->X->rows;
    if (run->params) self->params = *(const erm_sgd_params *)run->params;
    if (!valid(&self->params, adaptive(self))) return ERM_EINVAL;
    const erm_sgd_params *const p = &self->params;
    erm_run_parameters(run, 6, (const double[]){p->rule, p->step, (double)p->batch, p->momentum, p->no_averaging, p->no_shuffle});
    take(self, run);
    double *const derivative = erm_run_take(run, (n < SAMPLE ? n : SAMPLE) * run->k);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    self->is_lazy = erm__sgd_can_be_lazy(self, run);
    if (self->is_lazy) leave_centre(run);
    if (self->params.batch == 0 && self->is_lazy) self->params.batch = 1;
    if (self->params.batch == 0) {
        const int64_t worth = erm__rows_worth_a_step(run), most = n / LEAST_STEPS + 1;
        self->params.batch = worth < most ? worth : most;
    }
    if (self->params.batch > n) self->params.batch = n;
    self->derivative = erm_run_take(run, self->params.batch * run->k);
    if (self->is_lazy) erm__sgd_lazy_take(self, run);
    self->is_dense = self->params.batch == 1 && erm__sgd_is_plain(self) && erm__dense_fits(run, 1);
    if (self->is_dense) erm__dense_take(&self->dense, run);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    self->steps_per_epoch = (n + self->params.batch - 1) / self->params.batch;
    for (int64_t i = 0; i < n; i++) self->list[i] = i;
    if (!self->params.no_shuffle) erm_rng_shuffle(&run->rng, n, self->list);
    erm__use_range_metric(run, self->reader, self->range_metric);
    erm__spread_metric(run, self->metric);
    if (self->is_lazy) erm__lazy_open(&self->lazy, run, self->metric);
    self->modulus = erm__modulus_in_metric(run);
    erm_run_prox(run, DBL_MIN, NULL, run->w, self->w); /* into the set, where there is one */
    memcpy(self->old_w, self->w, (size_t)run->size * sizeof(double));
    self->first = erm__look_at_start(run, (erm_rows){.count = n < SAMPLE ? n : SAMPLE, .list = self->list}, self->w, derivative);
    if (self->params.step == 0) self->params.step = self->longest ? erm__sgd_lazy_step(self, run) : default_step(self, run);
    return ERM_OK;
}

/* g over some rows, whose derivatives are kept. */
static void gradient(erm__sgd *self, erm_run *run, erm_rows rows)
{
    erm__sweep_run(
        run->workspace,
        &(erm__sweep){.rows = rows, .w = self->w, .centre = run->centre, .gradient = self->g, .derivative = self->derivative});
    run->passes += (double)rows.count / (double)run->problem->X->rows;
    erm__sgd_dual_add(self, run, rows.list + rows.begin, rows.count);
}

/* An epoch of steps that move all of W. */
static void whole_epoch(erm__sgd *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows, batch = self->params.batch;
    for (int64_t begin = 0; begin < n; begin += batch) {
        const int64_t count = n - begin < batch ? n - begin : batch;
        gradient(self, run, (erm_rows){.begin = begin, .count = count, .list = self->list});
        const double scale = (double)n / (double)count;
        for (int64_t e = 0; e < run->size; e++) self->g[e] *= scale;
        erm__sgd_move(self, run);
        erm__tail_add(&self->tail, run->size, self->w);
    }
}

/* One epoch. */
static erm_status step(void *state, erm_run *run)
{
    erm__sgd *self = state;
    if (!self->params.no_shuffle) erm_rng_shuffle(&run->rng, run->problem->X->rows, self->list);
    if (self->is_lazy)
        erm__sgd_lazy_epoch(self, run);
    else if (self->is_dense)
        erm__sgd_dense_epoch(self, run);
    else
        whole_epoch(self, run);
    erm__sgd_dual_close_epoch(self, run);
    if (self->params.no_averaging)
        memcpy(run->w, self->w, (size_t)run->size * sizeof(double));
    else
        erm__tail_mean(&self->tail, run->size, run->w);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "sgd",
    .state_size = sizeof(erm__sgd),
    .needs = ERM_IS_NOISY | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_sgd(const erm_sgd_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
