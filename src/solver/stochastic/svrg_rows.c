/* SVRG's steps by a few dense rows for one output: dense_rows.c. */
#include "solver/stochastic/svrg.h"

static void step_by_rows(erm__svrg *self, erm_run *run, erm_rows rows, const double *const *x)
{
    const erm_problem *problem = run->problem;
    const int64_t d = run->d;
    double *const b = run->w + d;
    const double bias = (problem->intercept ? b[0] : 0) - (run->centre ? erm__dense_dot(d, run->centre, run->w) : 0);
    erm__svrg_gather(self, run, rows);
    for (int64_t t = 0; t < rows.count; t++)
        self->z[t] = erm__dense_dot(d, x[t], run->w) + bias + (problem->offset ? self->o[t] : 0);
    problem->loss.ops->eval(&problem->loss, rows.count, 1, self->z, self->y, problem->weight ? self->s : NULL, self->d, NULL);
    erm__svrg_compare(self, run, rows);
    const double pull = self->step * self->kappa;
    erm__dense_move(&self->dense,
                    &(erm__dense_step){.length = self->step,
                                       .pull = pull,
                                       .metric = self->metric,
                                       .base = self->drift,
                                       .centre = run->centre,
                                       .rows = rows.count,
                                       .x = x,
                                       .change = self->d},
                    run->w);
    if (!problem->intercept) return;
    double g = self->drift[d];
    for (int64_t t = 0; t < rows.count; t++) g += self->d[t];
    b[0] = (b[0] - self->step * g) / (1 + pull);
}

void erm__svrg_rows_pass(erm__svrg *self, erm_run *run, int64_t count)
{
    for (int64_t begin = 0; begin < count; begin += self->batch) {
        const int64_t left = count - begin;
        const erm_rows rows = {.begin = begin, .count = left < self->batch ? left : self->batch, .list = self->drawn};
        const int64_t next = begin + 2 * self->batch < count ? begin + 2 * self->batch : count;
        for (int64_t t = begin + self->batch; t < next; t++) erm__svrg_fetch(self, run, self->drawn[t]);
        step_by_rows(self, run, rows, erm__dense_read(&self->dense, run, rows, count, begin == 0));
    }
}
