/* What the stochastic solvers share: sizes of rows and of the curvature, in the metric that they step in. */
#include "solver/stochastic.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "problem/sweep.h"

double erm__mean_square_row(erm_run *run, const double *metric, double *scratch)
{
    erm__column_mean_squares(run->workspace, run->centre, scratch);
    run->passes += 1;
    double sum = run->problem->intercept ? 1 : 0;
    for (int64_t j = 0; j < run->d; j++) sum += (metric ? metric[j] : 1) * scratch[j];
    return sum;
}

double erm__top_eigenvalue(erm_run *run, const double *metric, double most, double *scratch)
{
    enum { ROUNDS = 5 };
    const double margin = 1.3; /* what so few rounds may miss */
    double *const v = scratch, *const product = scratch + run->size;
    erm_rng rng = erm_rng_seed(2);
    for (int64_t e = 0; e < run->size; e++) product[e] = erm_rng_normal(&rng);
    double energy = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double norm = 0;
        for (int64_t e = 0; e < run->size; e++) norm += (metric ? metric[e / run->k] : 1) * product[e] * product[e];
        if (!(norm > 0)) return 0;
        for (int64_t e = 0; e < run->size; e++) v[e] = (metric ? metric[e / run->k] : 1) * product[e] / sqrt(norm);
        erm__sweep_hessian(run->workspace, run->centre, NULL, v, product);
        energy = 0;
        for (int64_t e = 0; e < run->size; e++) energy += v[e] * product[e];
    }
    run->passes += ROUNDS;
    return fmin(most, margin * energy);
}

double erm__curvature_or_1(const erm_run *run)
{
    const erm_loss *loss = &run->problem->loss;
    const double curvature = loss->ops->curvature(loss, run->k);
    return isfinite(curvature) && curvature > 0 ? curvature : 1;
}

void erm__spread_metric(const erm_run *run, const double *metric, double *out)
{
    for (int64_t e = 0; e < run->size; e++) out[e] = metric ? metric[e / run->k] : 1;
}

int64_t erm__rows_worth_a_step(const erm_run *run)
{
    const erm_matrix *X = run->problem->X;
    const int64_t row = X->nnz / X->rows; /* values */
    return row > 0 ? 1 + (run->d - 1) / row : 1 + run->d;
}

ERM_KERNEL void erm__descend(int64_t n, double step, const double *metric, const double *g, double *w)
{
    ERM_SIMD
    for (int64_t e = 0; e < n; e++) w[e] -= step * metric[e] * g[e];
}

bool erm__all_finite(int64_t n, const double *w)
{
    for (int64_t e = 0; e < n; e++)
        if (!isfinite(w[e])) return false;
    return true;
}
