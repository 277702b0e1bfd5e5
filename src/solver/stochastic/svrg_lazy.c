/* SVRG's and SAGA's steps by single sparse rows, which touch the row's columns alone: lazy.c. */
#include "solver/stochastic/svrg.h"

/* z (k) = what of a row's margins is not x'W. */
static void begin_margins(const erm__svrg *self, const erm_run *run, int64_t i)
{
    const erm_problem *problem = run->problem;
    const double *const b = run->w + run->d * run->k;
    for (int64_t c = 0; c < run->k; c++)
        self->z[c] = (problem->intercept ? b[c] : 0) + (problem->offset ? problem->offset[i * run->k + c] : 0);
}

static void step_by_row(erm__svrg *self, erm_run *run, erm_row row, int64_t i, int64_t now)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k;
    double *const d = self->d, *const kept = self->derivative + i * k, *const b = run->w + run->d * k;
    double *const b_drift = self->drift + run->d * k;
    begin_margins(self, run, i);
    erm__lazy_bring(&self->lazy, row, now, self->z);
    problem->loss.ops->eval(&problem->loss, 1, k, self->z, problem->y + i * run->workspace->targets,
                            problem->weight ? problem->weight + i : NULL, d, NULL);
    double scale = erm__svrg_scale(self, run, i);
    const double share = 1 / run->workspace->total_weight;
    for (int64_t c = 0; c < k; c++) {
        double change = d[c] - kept[c];
        d[c] = (self->plan.table ? scale - share : scale) * change; /* the rest comes with the gradient */
        if (!self->plan.table) continue;
        kept[c] += change;
        self->change[c] = share * change;
        if (problem->intercept) b_drift[c] += self->change[c];
    }
    erm__lazy_put(&self->lazy, row, now, d, self->plan.table ? self->change : NULL);
    for (int64_t c = 0; problem->intercept && c < k; c++)
        b[c] = (b[c] - self->step * (d[c] + b_drift[c])) / (1 + self->step * self->kappa);
}

void erm__svrg_lazy_pass(erm__svrg *self, erm_run *run, int64_t count)
{
    erm__lazy *const lazy = &self->lazy;
    erm__lazy_load(lazy, self->step, self->step * self->kappa, run->w, self->drift);
    erm__lazy_queue(lazy, run, self->drawn, count);
    for (int64_t t = 0; t < count; t++) {
        if (t + 1 < count) erm__svrg_fetch(self, run, self->drawn[t + 1]);
        step_by_row(self, run, erm__lazy_next(lazy, run, t), self->drawn[t], t);
    }
    erm__lazy_settle(lazy, count, self->step);
    erm__lazy_unload(lazy, run->w, self->plan.table ? self->gradient : NULL);
}
