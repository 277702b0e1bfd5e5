/* SVRG's steps by mini-batches: every entry of W moves in every step. For dense rows, and for regularizers that couple the
 * entries of W. */
#include <string.h>

#include "base/simd.h"
#include "solver/stochastic/stochastic.h"
#include "solver/stochastic/svrg.h"

ERM_KERNEL static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t j = 0; j < n; j++) sum += x[j] * y[j];
    return sum;
}

ERM_KERNEL static void subtract_scaled(int64_t n, double scale, const double *x, double *y)
{
    ERM_SIMD
    for (int64_t j = 0; j < n; j++) y[j] -= scale * x[j];
}

/* sums[0 .. k - 1] = the intercept of the columns as they are, b - centre'W. */
static void find_bias(erm__svrg *self, const erm_run *run)
{
    const int64_t k = run->k;
    double *const bias = self->sums;
    for (int64_t c = 0; c < k; c++) bias[c] = run->problem->intercept ? run->w[run->d * k + c] : 0;
    if (!run->centre) return;
    if (k == 1) bias[0] -= dot(run->d, run->centre, run->w);
    for (int64_t j = 0; k > 1 && j < run->d; j++) subtract_scaled(k, run->centre[j], run->w + j * k, bias);
}

void erm__svrg_gather(erm__svrg *self, const erm_run *run, erm_rows rows)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k, targets = run->workspace->targets;
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t i = erm_row_number(rows, t);
        for (int64_t c = 0; c < targets; c++) self->y[t * targets + c] = problem->y[i * targets + c];
        for (int64_t c = 0; problem->offset && c < k; c++) self->o[t * k + c] = problem->offset[i * k + c];
        if (problem->weight) self->s[t] = problem->weight[i];
    }
}

void erm__svrg_compare(erm__svrg *self, const erm_run *run, erm_rows rows)
{
    const int64_t k = run->k;
    for (int64_t t = 0; t < rows.count; t++) {
        const int64_t i = erm_row_number(rows, t);
        const double scale = erm__svrg_scale(self, run, i) / (double)rows.count;
        for (int64_t c = 0; c < k; c++) {
            const double change = self->d[t * k + c] - self->derivative[i * k + c];
            self->d[t * k + c] = scale * change;
            if (!self->plan.table) continue;
            self->change[t * k + c] = change / run->workspace->total_weight;
            self->derivative[i * k + c] += change;
        }
    }
}

/* d = the rows' derivatives at w less those at the snapshot, scaled to a mean over the batch. */
static void corrections(erm__svrg *self, const erm_run *run, erm_rows rows)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k;
    erm__svrg_gather(self, run, rows);
    problem->X->ops->mul(problem->X, rows, k, run->w, self->z);
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t c = 0; c < k; c++) self->z[t * k + c] += self->sums[c] + (problem->offset ? self->o[t * k + c] : 0);
    problem->loss.ops->eval(&problem->loss, rows.count, k, self->z, self->y, problem->weight ? self->s : NULL, self->d, NULL);
    erm__svrg_compare(self, run, rows);
}

/* g += (X - centre)'d */
static void add_rows(erm__svrg *self, const erm_run *run, erm_rows rows, const double *d, double *g)
{
    const int64_t k = run->k;
    double *const sums = self->sums + k;
    run->problem->X->ops->mul_t(run->problem->X, rows, k, d, g);
    if (!run->problem->intercept) return;
    memset(sums, 0, (size_t)k * sizeof(double));
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t c = 0; c < k; c++) sums[c] += d[t * k + c];
    for (int64_t c = 0; c < k; c++) g[run->d * k + c] += sums[c];
    if (!run->centre) return;
    if (k == 1) subtract_scaled(run->d, sums[0], run->centre, g);
    for (int64_t j = 0; k > 1 && j < run->d; j++) subtract_scaled(k, run->centre[j], sums, g + j * k);
}

void erm__svrg_dense_pass(erm__svrg *self, erm_run *run, int64_t count)
{
    const double pull = self->step * self->kappa, rest = 1 / (1 + pull);
    for (int64_t begin = 0; begin < count; begin += self->batch) {
        const int64_t left = count - begin;
        const erm_rows rows = {.begin = begin, .count = left < self->batch ? left : self->batch, .list = self->drawn};
        find_bias(self, run);
        corrections(self, run, rows);
        memcpy(self->direction, self->drift, (size_t)run->size * sizeof(double));
        add_rows(self, run, rows, self->d, self->direction);
        erm__descend(run->size, self->step, self->metric, self->direction, run->w);
        for (int64_t e = 0; pull > 0 && e < run->size; e++) run->w[e] *= rest;
        erm_run_prox(run, self->step * rest, run->metric, run->w, run->w);
        if (self->plan.table) add_rows(self, run, rows, self->change, self->gradient);
    }
}
