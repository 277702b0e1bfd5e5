/* Which rows SVRG draws, and how often.
 *
 * Xiao and Zhang (2014), section 3: drawing row i with probability p_i in proportion to its curvature L_i replaces the largest L_i in the step by the mean.
 * Half of the probability follows s_i alone here, so that no row is starved: p_i = (s_i / S) (1 + r_i / mean r) / 2, and L_i / (n p_i)
 * is at most twice the mean. A row of weight 2 is then the same as the row twice.
 * A pass is drawn by systematic sampling, n equidistant points on the line of the n p_i, and shuffled: each row comes n p_i times, rounded up or
 * down, so that rows of one size and weight come exactly once, as in the random reshuffling that is better than independent draws in practice. */
#include <math.h>

#include "problem/workspace.h"
#include "solver/svrg.h"

/* r_i without the intercept's 1, from the row itself. */
static double square_norm(const erm__svrg *self, const erm_run *run, int64_t i)
{
    const erm_matrix *X = run->problem->X;
    const erm_row row = X->ops->row(X, i, self->index, self->value_buffer);
    double sum = 0;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        const double x = row.value[p] - (run->centre ? run->centre[j] : 0);
        sum += (run->metric ? run->metric[j] : 1) * x * x;
    }
    if (!run->centre || !row.index) return sum;
    for (int64_t j = 0; j < run->d; j++) sum += (run->metric ? run->metric[j] : 1) * run->centre[j] * run->centre[j];
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index[p];
        sum -= (run->metric ? run->metric[j] : 1) * run->centre[j] * run->centre[j];
    }
    return fmax(sum, 0);
}

/* Where the matrix gives no rows the solver runs without a metric: ||x - c||^2 <= (||x|| + ||c||)^2. */
static void plain_norms(const erm_run *run, double *r)
{
    const erm_matrix *X = run->problem->X;
    double centre = 0;
    for (int64_t j = 0; run->centre && j < run->d; j++) centre += run->centre[j] * run->centre[j];
    X->ops->row_sqnorms(X, (erm_rows){.count = X->rows}, r);
    for (int64_t i = 0; i < X->rows; i++) r[i] += centre + 2 * sqrt(centre * r[i]);
}

double erm__svrg_shares(erm__svrg *self, erm_run *run)
{
    const erm_problem *problem = run->problem;
    const int64_t n = problem->X->rows;
    double *const r = self->share;
    if (problem->X->ops->row)
        for (int64_t i = 0; i < n; i++) r[i] = square_norm(self, run, i);
    else
        plain_norms(run, r);
    run->passes += 1;
    double mean = 0, largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const double s = problem->weight ? problem->weight[i] : 1;
        if (problem->intercept) r[i] += 1;
        mean += s * r[i] / run->workspace->total_weight;
        if (s > 0) largest = fmax(largest, r[i]);
    }
    const double relative = mean > 0 ? 0.5 / mean : 0, base = mean > 0 ? 0.5 : 1;
    for (int64_t i = 0; i < n; i++) {
        const double s = problem->weight ? problem->weight[i] * (double)n / run->workspace->total_weight : 1;
        r[i] = s * (base + relative * r[i]);
    }
    return largest > 0 ? largest / (base + relative * largest) : 0;
}

void erm__svrg_draw(erm__svrg *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows;
    const double first = erm_rng_uniform(&run->rng);
    double end = 0; /* of row i's stretch on the line */
    int64_t count = 0, last = 0;
    for (int64_t i = 0; i < n; i++) {
        if (self->share[i] > 0) last = i;
        end += self->share[i];
        while (count < n && (double)count + first < end) self->drawn[count++] = i;
    }
    while (count < n) self->drawn[count++] = last; /* the line ended early by rounding */
    erm_rng_shuffle(&run->rng, n, self->drawn);
}

double erm__svrg_scale(const erm__svrg *self, const erm_run *run, int64_t i)
{
    return (double)run->problem->X->rows / (run->workspace->total_weight * self->share[i]);
}
