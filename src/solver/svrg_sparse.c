/* SVRG's steps by single sparse rows: W is brought up to date just in time, at the columns of the row, in O(its values).
 *
 * A column that no row touches between two steps moves by the same map each time, w -> prox(w - t M g), which the regularizer's `advance` applies
 * as often as was missed. A row's own correction is subtracted at once; the rest of its step is then one more missed step. So nothing else
 * is needed (compare Langford, Li and Zhang 2009, "Sparse online learning via truncated gradient"; Konecny, Liu, Richtarik and Takac 2016,
 * "Mini-batch semi-stochastic gradient descent in the proximal setting", section on lazy updates). */
#include "problem/workspace.h"
#include "solver/svrg.h"

/* Brings the columns of the row to step `now`. */
static void catch_up(erm__svrg *self, const erm_run *run, erm_row row, int64_t now)
{
    const erm_regularizer *R = &run->problem->regularizer;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        self->missed[p] = now - self->reached[j];
        self->reached[j] = now;
    }
    R->ops->advance(R, run->shape, row.count, row.index, self->missed, self->step, run->metric, self->gradient, run->w);
}

/* z = x'W + b + o */
static void margins(const erm__svrg *self, const erm_run *run, erm_row row, int64_t i)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k;
    for (int64_t c = 0; c < k; c++) {
        const double b = problem->intercept ? run->w[run->d * k + c] : 0;
        double sum = problem->offset ? b + problem->offset[i * k + c] : b;
        for (int64_t p = 0; p < row.count; p++) sum += row.value[p] * run->w[(row.index ? row.index[p] : p) * k + c];
        self->z[c] = sum;
    }
}

static void step_by_row(erm__svrg *self, erm_run *run, int64_t i, int64_t now)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k, targets = problem->loss.ops->target_per_output ? k : 1;
    const erm_row row = problem->X->ops->row(problem->X, i, self->index, self->value_buffer);
    catch_up(self, run, row, now);
    margins(self, run, row, i);
    problem->loss.ops->eval(&problem->loss, 1, k, self->z, problem->y + i * targets, problem->weight ? problem->weight + i : NULL,
                            self->d, NULL);
    const double scale = erm__svrg_scale(self, run, i);
    for (int64_t c = 0; c < k; c++) {
        const double change = self->step * scale * (self->d[c] - self->derivative[i * k + c]);
        for (int64_t p = 0; p < row.count; p++) {
            const int64_t j = row.index ? row.index[p] : p;
            run->w[j * k + c] -= change * (run->metric ? run->metric[j] : 1) * row.value[p];
        }
        const int64_t b = run->d * k + c;
        if (problem->intercept) run->w[b] -= change + self->step * self->gradient[b];
    }
}

void erm__svrg_sparse_pass(erm__svrg *self, erm_run *run, int64_t count)
{
    for (int64_t j = 0; j < run->d; j++) self->reached[j] = 0;
    for (int64_t t = 0; t < count; t++) step_by_row(self, run, self->drawn[t], t);
    for (int64_t j = 0; j < run->d; j++) self->missed[j] = count - self->reached[j];
    const erm_regularizer *R = &run->problem->regularizer;
    R->ops->advance(R, run->shape, run->d, NULL, self->missed, self->step, run->metric, self->gradient, run->w);
}
