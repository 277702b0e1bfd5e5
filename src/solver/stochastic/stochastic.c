/* What the stochastic solvers share: the metric that they step in, and the sizes of rows in it. */
#include "solver/stochastic/stochastic.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "problem/sweep.h"

erm__reader erm__reader_take(erm_run *run)
{
    return (erm__reader){.index = erm_run_take_bytes(run, run->d, sizeof(int32_t)), .value = erm_run_take(run, run->d)};
}

/* The row with all its zeros, less the centre, in reader.value. */
static erm_row expand(const erm_run *run, erm__reader reader, erm_row row)
{
    double *const x = reader.value;
    if (row.index) { /* the values may be in x, at or before where they go: from the last */
        int64_t j = run->d - 1;
        for (int64_t p = row.count - 1; p >= 0; p--) {
            const double value = row.value[p];
            for (; j > row.index[p]; j--) x[j] = 0;
            x[j--] = value;
        }
        for (; j >= 0; j--) x[j] = 0;
    } else if (row.value != x) {
        memcpy(x, row.value, (size_t)run->d * sizeof *x);
    }
    for (int64_t j = 0; run->centre && j < run->d; j++) x[j] -= run->centre[j];
    return (erm_row){.count = run->d, .value = x};
}

erm_row erm__read_row(const erm_run *run, erm__reader reader, int64_t i)
{
    const erm_matrix *X = run->problem->X;
    if (X->ops->row) {
        const erm_row row = X->ops->row(X, i, reader.index, reader.value);
        return run->centre ? expand(run, reader, row) : row;
    }
    memset(reader.value, 0, (size_t)run->d * sizeof(double));
    X->ops->mul_t(X, (erm_rows){.begin = i, .count = 1}, 1, &(double){1}, reader.value);
    return expand(run, reader, (erm_row){.count = run->d, .value = reader.value});
}

static double centre_of(const erm_run *run, int64_t j) { return run->centre ? run->centre[j] : 0; }

static double metric_of(const erm_run *run, int64_t j) { return run->metric ? run->metric[j] : 1; }

void erm__use_range_metric(erm_run *run, erm__reader reader, double *metric)
{
    const erm_matrix *X = run->problem->X;
    if (!run->metric) return;
    if (!X->ops->row) {
        run->metric = NULL;
        return;
    }
    for (int64_t j = 0; j < run->d; j++) metric[j] = X->ops->sparse ? fabs(centre_of(run, j)) : 0; /* what zeros are, centred */
    for (int64_t i = 0; i < X->rows; i++) {
        if (run->problem->weight && run->problem->weight[i] == 0) continue; /* as if it were not there */
        const erm_row row = X->ops->row(X, i, reader.index, reader.value);
        for (int64_t p = 0; p < row.count; p++) {
            const int64_t j = row.index ? row.index[p] : p;
            metric[j] = fmax(metric[j], fabs(row.value[p] - centre_of(run, j)));
        }
    }
    /* a column that is constant but for rounding is taken for what run->metric takes it: zero */
    for (int64_t j = 0; j < run->d; j++)
        metric[j] = metric[j] > 0 ? fmin(run->metric[j], 1 / (metric[j] * metric[j])) : run->metric[j];
    metric[run->d] = 1;
    run->metric = metric;
    run->passes += 1;
}

/* sum over the row's values of M_j ((x - c_j)^2 - c_j^2), to which all columns' c_j^2 are added once, for sparse and dense
 * rows alike. */
static double row_square(const erm_run *run, erm_row row, double centre_square)
{
    double sum = 0;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        const double c = centre_of(run, j), x = row.value[p] - c;
        sum += metric_of(run, j) * (row.index ? x * x - c * c : x * x);
    }
    return row.index ? fmax(0, sum + centre_square) : sum;
}

erm__row_sizes erm__measure_rows(erm_run *run, erm__reader reader, double *r)
{
    const erm_problem *problem = run->problem;
    const erm_matrix *X = problem->X;
    double centre_square = 0;
    for (int64_t j = 0; j < run->d; j++) centre_square += metric_of(run, j) * centre_of(run, j) * centre_of(run, j);
    erm__row_sizes sizes = {0};
    for (int64_t i = 0; i < X->rows; i++) {
        double square;
        if (X->ops->row) {
            square = row_square(run, X->ops->row(X, i, reader.index, reader.value), centre_square);
        } else { /* there is no metric then, and ||x - c|| <= ||x|| + ||c|| */
            X->ops->row_sqnorms(X, (erm_rows){.begin = i, .count = 1}, &square);
            square += centre_square + 2 * sqrt(centre_square * square);
        }
        const double s = problem->weight ? problem->weight[i] : 1, size = square + (problem->intercept ? 1 : 0);
        sizes.mean += s * size / run->workspace->total_weight;
        sizes.heaviest = fmax(sizes.heaviest, s * size * (double)X->rows / run->workspace->total_weight);
        if (s > 0) sizes.largest = fmax(sizes.largest, size);
        if (r) r[i] = size;
    }
    run->passes += 1;
    return sizes;
}

double erm__top_eigenvalue(erm_run *run, double most, double *scratch)
{
    enum { ROUNDS = 5 };
    const double margin = 1.3; /* what so few rounds may miss */
    double *const v = scratch, *const product = scratch + run->size;
    erm_rng rng = erm_rng_seed(2); /* any start that is not orthogonal to the answer */
    for (int64_t e = 0; e < run->size; e++) product[e] = erm_rng_normal(&rng);
    double energy = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double norm = 0;
        for (int64_t e = 0; e < run->size; e++) norm += metric_of(run, e / run->k) * product[e] * product[e];
        if (!(norm > 0)) return 0;
        for (int64_t e = 0; e < run->size; e++) v[e] = metric_of(run, e / run->k) * product[e] / sqrt(norm);
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

double erm__modulus_in_metric(const erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    double smallest = run->metric && run->d > 0 ? INFINITY : 1;
    for (int64_t j = 0; run->metric && j < run->d; j++) smallest = fmin(smallest, run->metric[j]);
    return R->ops->modulus ? smallest * R->ops->modulus(R, run->d) : 0;
}

void erm__spread_metric(const erm_run *run, double *out)
{
    for (int64_t e = 0; e < run->size; e++) out[e] = metric_of(run, e / run->k);
}

bool erm__common_penalty(const erm_run *run, erm_entry *penalty)
{
    const erm_regularizer *R = &run->problem->regularizer;
    if (!R->ops->separable || !R->ops->entry || run->d == 0 || !R->ops->entry(R, 0, 0, penalty)) return false;
    for (int64_t e = 1; e < run->d * run->k; e++) {
        erm_entry other;
        if (!R->ops->entry(R, e / run->k, e, &other)) return false;
        const bool same = other.l1 == penalty->l1 && other.l2 == penalty->l2 && other.pull == penalty->pull &&
                          other.low == penalty->low && other.high == penalty->high;
        if (!same) return false;
    }
    return true;
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
