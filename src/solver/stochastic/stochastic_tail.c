/* What SGD and Hogwild share: the scale of the first step, and the average that is the answer. */
#include <math.h>
#include <string.h>

#include "problem/sweep.h"
#include "solver/stochastic/stochastic.h"

erm__start erm__look_at_start(erm_run *run, erm_rows rows, const double *w, double *derivative)
{
    const erm__sweep sweep = {.rows = rows, .w = w, .centre = run->centre, .derivative = derivative};
    const double share = (double)rows.count / (double)run->workspace->n;
    const double loss = erm__sweep_run(run->workspace, &sweep) / share;
    run->passes += share;
    double squares = 0;
    for (int64_t e = 0; e < rows.count * run->k; e++) squares += derivative[e] * derivative[e];
    const double mean_weight = run->workspace->total_weight / (double)run->workspace->n;
    const double slope = squares > 0 ? sqrt(squares / (double)rows.count) / mean_weight : 1;
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, run->k);
    const double polyak = squares > 0 ? loss / (slope * slope) : 0;
    const double safe = isfinite(bound) && bound > 0 ? 1 / bound : 0;
    return (erm__start){.slope = slope, .reach = polyak > safe ? polyak : safe > 0 ? safe : 1};
}

erm__tail erm__tail_take(erm_run *run)
{
    return (erm__tail){.sum = erm_run_take(run, run->size), .old_sum = erm_run_take(run, run->size)};
}

bool erm__tail_turns(const erm__tail *self, int64_t steps)
{
    return (self->steps ^ (self->steps + steps)) > self->steps; /* a higher bit is set */
}

void erm__tail_count(erm__tail *self, int64_t n, int64_t steps)
{
    const bool turns = erm__tail_turns(self, steps);
    self->count += steps;
    self->steps += steps;
    if (!turns) return;
    double *const full = self->sum;
    self->sum = self->old_sum;
    self->old_sum = full;
    memset(self->sum, 0, (size_t)n * sizeof(double));
    self->old_count = self->count;
    self->count = 0;
}

void erm__tail_add_sum(erm__tail *self, int64_t n, const double *sum, int64_t steps)
{
    for (int64_t e = 0; e < n; e++) self->sum[e] += sum[e];
    erm__tail_count(self, n, steps);
}

void erm__tail_add(erm__tail *self, int64_t n, const double *w) { erm__tail_add_sum(self, n, w, 1); }

void erm__tail_mean(const erm__tail *self, int64_t n, double *mean)
{
    const double count = (double)(self->count + self->old_count);
    for (int64_t e = 0; e < n; e++) mean[e] = (self->sum[e] + self->old_sum[e]) / count;
}
