/* SGD's steps by single dense rows for one output: dense_rows.c. */
#include "problem/workspace.h"
#include "solver/stochastic/sgd.h"

static double margin(const erm__sgd *self, const erm_run *run, const double *x, int64_t i, double centre_product)
{
    const erm_problem *problem = run->problem;
    const double known = (problem->offset ? problem->offset[i] : 0) + (problem->intercept ? self->w[run->d] : 0);
    return erm__dense_dot(run->d, x, self->w) - centre_product + known;
}

void erm__sgd_dense_epoch(erm__sgd *self, erm_run *run)
{
    const erm_problem *problem = run->problem;
    const int64_t n = problem->X->rows, d = run->d;
    const double scale = (double)n / run->workspace->total_weight;
    double z, change;
    for (int64_t t = 0; t < n; t++) {
        const int64_t i = self->list[t];
        const erm_rows rows = {.begin = t, .count = 1, .list = self->list};
        const double *const *const x = erm__dense_read(&self->dense, run, rows, n, t == 0);
        if (t + 1 < n) __builtin_prefetch(problem->y + self->list[t + 1]);
        z = margin(self, run, x[0], i, run->centre ? erm__dense_dot(d, run->centre, self->w) : 0);
        problem->loss.ops->eval(&problem->loss, 1, 1, &z, problem->y + i, problem->weight ? problem->weight + i : NULL,
                                self->derivative, NULL);
        erm__sgd_dual_add(self, run, self->list + t, 1);
        change = scale * self->derivative[0];
        const double length = erm__sgd_length(self, 0);
        erm__dense_move(&self->dense,
                        &(erm__dense_step){.length = length,
                                           .metric = self->metric,
                                           .centre = run->centre,
                                           .rows = 1,
                                           .x = x,
                                           .change = &change,
                                           .sum = self->tail.sum},
                        self->w);
        if (problem->intercept) self->tail.sum[d] += self->w[d] -= length * change;
        erm__tail_count(&self->tail, run->size, 1);
        self->steps++;
    }
    run->passes += 1;
}
