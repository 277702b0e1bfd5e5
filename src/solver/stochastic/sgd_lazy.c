/* SGD's steps by sparse rows, which touch the columns of their rows alone: lazy.c.
 *
 * Default: single rows, and a step of reach / mean ||x_i||^2 (sgd.c), but for each row no more than reach / (n s_i / S
 * ||x_i||^2), which is as far as its own margin may go. One long row then does not shorten the steps of all the others; what its
 * own shortened steps leave out of the estimate fades as t falls. After one epoch with logistic loss and l2 = 1 / n, F is 7 %
 * above its minimum on news20 (15935 x 62061, 80 values a row) so, and 94 % in batches that are worth a step of all of W; 30
 * epochs: 0.08 % and 51 %.
 *
 * The average of the iterates is kept just in time as well. The step length is held while a number of steps is taken in which the
 * rows have a few times as many values as X has columns; then all columns are brought up to date, and it changes. At the start
 * such stretches are shorter, as the length falls faster there. */
#include <math.h>
#include <string.h>

#include "problem/workspace.h"
#include "solver/run.h"
#include "solver/stochastic/sgd.h"

enum {
    STRETCH_WORK = 4, /* values for each column, before all columns are brought up to date */
    FIRST_PART = 16,  /* of that at first */
    WORTH_SINGLE = 2  /* rows that must be cheap by the default: single ones cost twice what batches worth a step of all W do */
};

bool erm__sgd_can_be_lazy(const erm__sgd *self, const erm_run *run)
{
    const double rows = self->params.batch > 0 ? (double)self->params.batch : WORTH_SINGLE;
    return erm__sgd_is_plain(self) && erm__lazy_fits(run, rows);
}

void erm__sgd_lazy_take(erm__sgd *self, erm_run *run)
{
    const int64_t batch = self->params.batch;
    erm__lazy_take(&self->lazy, run, true);
    self->z = erm_run_take(run, batch * run->k);
    self->y = erm_run_take(run, batch * run->workspace->targets);
    self->s = erm_run_take(run, batch);
    self->b_sum = erm_run_take(run, run->k);
    if (batch == 1 && self->params.step == 0) self->longest = erm_run_take(run, run->problem->X->rows);
}

double erm__sgd_lazy_step(erm__sgd *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows;
    const double *const s = run->problem->weight;
    double *const r = self->longest;
    const double mean = erm__measure_rows(run, self->reader, r).mean;
    for (int64_t i = 0; i < n; i++) {
        const double square = (s ? s[i] * (double)n / run->workspace->total_weight : 1) * r[i];
        r[i] = square > 0 ? self->first.reach / square : INFINITY;
    }
    return mean > 0 ? self->first.reach / mean : 1;
}

/* Steps until all columns are brought up to date, of those that are left: never beyond a power of 2,
 * where the average starts anew. */
static int64_t stretch(const erm__sgd *self, const erm_run *run, int64_t left)
{
    const erm_matrix *X = run->problem->X;
    const double values = (double)self->params.batch * (double)X->nnz / (double)X->rows;
    const double most = fmin(STRETCH_WORK * (double)run->d / fmax(values, 1), (double)left);
    int64_t power = 1;
    while (power <= self->steps || FIRST_PART * (double)power < most) power *= 2;
    const double steps = fmin(most, (double)(power - self->steps));
    return steps > 1 ? (int64_t)steps : left > 0;
}

/* Row t of the batch: its columns are brought up to date, and its margin and what the loss needs of it put in place. */
static void enter_row(erm__sgd *self, const erm_run *run, erm_row row, int64_t i, int64_t t, int64_t now)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k, targets = run->workspace->targets;
    const double *const b = self->w + run->d * k;
    for (int64_t c = 0; c < k; c++)
        self->z[t * k + c] = (problem->intercept ? b[c] : 0) + (problem->offset ? problem->offset[i * k + c] : 0);
    erm__lazy_bring(&self->lazy, row, now, self->z + t * k);
    for (int64_t c = 0; c < targets; c++) self->y[t * targets + c] = problem->y[i * targets + c];
    if (problem->weight) self->s[t] = problem->weight[i];
}

/* The step `now` of this stretch, by the `count` rows from `begin` of the list. */
static void step_by_rows(erm__sgd *self, erm_run *run, int64_t begin, int64_t count, int64_t now, double length)
{
    const int64_t *const list = self->list + begin;
    const erm_problem *problem = run->problem;
    const int64_t k = run->k;
    double *const d = self->derivative, *const b = self->w + run->d * k;
    erm_row row = {0};
    for (int64_t t = 0; t < count; t++) {
        row = erm__lazy_next(&self->lazy, run, begin + t);
        enter_row(self, run, row, list[t], t, now);
        if (count > 1) erm__lazy_put(&self->lazy, row, now, NULL, NULL);
    }
    problem->loss.ops->eval(&problem->loss, count, k, self->z, self->y, problem->weight ? self->s : NULL, d, NULL);
    erm__sgd_dual_add(self, run, list, count);
    const double scale = (double)run->workspace->n / (double)count / run->workspace->total_weight;
    const double shorter = self->longest ? fmin(1, self->longest[list[0]] / length) : 1;
    for (int64_t e = 0; e < count * k; e++) d[e] *= shorter * scale;
    if (count == 1) erm__lazy_put(&self->lazy, row, now, d, NULL);
    for (int64_t t = 0; count > 1 && t < count; t++)
        erm__lazy_subtract(&self->lazy, erm__lazy_row(run, self->reader, list[t]), d + t * k);
    for (int64_t c = 0; problem->intercept && c < k; c++) {
        for (int64_t t = 0; t < count; t++) b[c] -= length * d[t * k + c];
        self->b_sum[c] += b[c];
    }
}

/* Gives the sums of the last `steps` iterates to the average. */
static void give_sums(erm__sgd *self, erm_run *run, int64_t steps)
{
    const int64_t b = run->d * run->k;
    erm__lazy_unload(&self->lazy, self->w, self->g);
    if (run->problem->intercept) memcpy(self->g + b, self->b_sum, (size_t)run->k * sizeof(double));
    memset(self->b_sum, 0, (size_t)run->k * sizeof(double));
    erm__tail_add_sum(&self->tail, run->size, self->g, steps);
}

void erm__sgd_lazy_epoch(erm__sgd *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows, batch = self->params.batch;
    int64_t left = self->steps_per_epoch, begin = 0, untold = 0, steps = stretch(self, run, left);
    double length = erm__sgd_length(self, steps / 2);
    erm__lazy_load(&self->lazy, length, 0, self->w, NULL);
    erm__lazy_queue(&self->lazy, run, self->list, n);
    while (left > 0) {
        for (int64_t now = 0; now < steps; now++, begin += batch)
            step_by_rows(self, run, begin, n - begin < batch ? n - begin : batch, now, length);
        const int64_t done = steps;
        self->steps += done;
        left -= done;
        untold += done;
        steps = stretch(self, run, left);
        length = erm__sgd_length(self, steps / 2);
        erm__lazy_settle(&self->lazy, done, length);
        if (left > 0 && !erm__tail_turns(&self->tail, untold)) continue;
        give_sums(self, run, untold);
        untold = 0;
    }
    run->passes += 1;
}
