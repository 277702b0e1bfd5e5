/* SVRG's steps by single sparse rows under penalties that only their own `advance` can repeat: MCP, SCAD and users' own. For the
 * others see svrg_lazy.c.
 *
 * A column that no row touches between two steps moves by the same map each time, w -> prox(w - t M g), with the term in
 * kappa part of what is penalised, which the regularizer's `advance` applies as often as was missed. A row's own correction is
 * subtracted at once; the rest of its step is then one more missed step. So nothing else is needed (compare Langford, Li and
 * Zhang 2009, "Sparse online learning via truncated gradient"; Konecny, Liu, Richtarik and Takac 2016, "Mini-batch
 * semi-stochastic gradient descent in the proximal setting", section on lazy updates). */
#include "solver/stochastic/svrg.h"

/* Brings the columns of the row to step `now`. */
static void catch_up(erm__svrg *self, const erm_run *run, erm_row row, int64_t now)
{
    const erm_regularizer *R = &run->problem->regularizer;
    for (int64_t p = 0; p < row.count; p++) {
        self->missed[p] = now - self->reached[row.index[p]];
        self->reached[row.index[p]] = now;
    }
    R->ops->advance(R, run->shape, row.count, row.index, self->missed, self->step, self->step * self->kappa, run->metric,
                    self->drift, run->w);
}

/* z (k) += x'W */
static inline void add_product(erm_row row, int64_t k, const double *W, double *z)
{
    for (int64_t p = 0; p < row.count; p++)
        for (int64_t c = 0; c < k; c++) z[c] += row.value[p] * W[row.index[p] * k + c];
}

/* W -= M x change' */
static inline void subtract_product(erm_row row, int64_t k, const double *metric, const double *change, double *W)
{
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index[p];
        const double x = metric[j] * row.value[p];
        for (int64_t c = 0; c < k; c++) W[j * k + c] -= x * change[c];
    }
}

/* SAGA: takes a row's change of derivatives into the table and its gradient. */
static void keep(erm__svrg *self, const erm_run *run, erm_row row, int64_t i, const double *change)
{
    const int64_t k = run->k;
    const double share = 1 / run->workspace->total_weight;
    for (int64_t c = 0; c < k; c++) self->derivative[i * k + c] += change[c];
    for (int64_t p = 0; p < row.count; p++)
        for (int64_t c = 0; c < k; c++) self->gradient[row.index[p] * k + c] += share * row.value[p] * change[c];
    for (int64_t c = 0; run->problem->intercept && c < k; c++) self->gradient[run->d * k + c] += share * change[c];
}

static void step_by_row(erm__svrg *self, erm_run *run, int64_t i, int64_t now)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k, targets = run->workspace->targets;
    const erm_row row = erm__lazy_row(run, self->reader, i);
    catch_up(self, run, row, now);
    double *const z = self->z, *const d = self->d, *const b = run->w + run->d * k;
    for (int64_t c = 0; c < k; c++) z[c] = (problem->intercept ? b[c] : 0) + (problem->offset ? problem->offset[i * k + c] : 0);
    if (k == 1)
        add_product(row, 1, run->w, z);
    else
        add_product(row, k, run->w, z);
    problem->loss.ops->eval(&problem->loss, 1, k, z, problem->y + i * targets, problem->weight ? problem->weight + i : NULL, d,
                            NULL);
    for (int64_t c = 0; c < k; c++) d[c] -= self->derivative[i * k + c];
    double scale = erm__svrg_scale(self, run, i);
    if (self->plan.table) {
        keep(self, run, row, i, d);
        scale -= 1 / run->workspace->total_weight; /* which the gradient now has */
    }
    for (int64_t c = 0; c < k; c++) d[c] *= self->step * scale;
    if (k == 1)
        subtract_product(row, 1, run->metric, d, run->w);
    else
        subtract_product(row, k, run->metric, d, run->w);
    for (int64_t c = 0; problem->intercept && c < k; c++)
        b[c] = (b[c] - d[c] - self->step * self->drift[run->d * k + c]) / (1 + self->step * self->kappa);
}

void erm__svrg_advance_pass(erm__svrg *self, erm_run *run, int64_t count)
{
    for (int64_t j = 0; j < run->d; j++) self->reached[j] = 0;
    for (int64_t t = 0; t < count; t++) step_by_row(self, run, self->drawn[t], t);
    for (int64_t j = 0; j < run->d; j++) self->missed[j] = count - self->reached[j];
    const erm_regularizer *R = &run->problem->regularizer;
    R->ops->advance(R, run->shape, run->d, NULL, self->missed, self->step, self->step * self->kappa, run->metric, self->drift,
                    run->w);
}
